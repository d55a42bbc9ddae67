// SPDX-License-Identifier: Apache-2.0

package import FleetRuntime
import Foundation
import NIOSSL

/// Whose word counts for a receiver's certificate: the system's authorities, and those of the operator.
package struct ReceiverAuthorities: Sendable {
    /// The operator's.
    let own: [NIOSSLCertificate]

    /// The system's alone.
    package static let system = ReceiverAuthorities(own: [])

    private init(own: [NIOSSLCertificate]) { self.own = own }

    /// Those of `callback.ca_file`, read once.
    ///
    /// - Throws: ``ConfigurationFaults`` if there is a file that can't be read or holds none.
    package init(_ callback: FleetConfiguration.Callback) throws {
        guard let file = callback.authorityFile else {
            self = .system
            return
        }
        guard let bytes = FileManager.default.contents(atPath: file) else { throw callback.useless("can't be read") }
        own = (try? NIOSSLCertificate.fromPEMBytes(Array(bytes))) ?? []
        guard !own.isEmpty else { throw callback.useless("holds no certificate in PEM form") }
    }

    /// A client's settings: the certificate is verified, and so is its name.
    var clientConfiguration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if !own.isEmpty { configuration.additionalTrustRoots = [.certificates(own)] }
        return configuration
    }

}

extension FleetConfiguration.Callback {
    fileprivate func useless(_ why: String) -> ConfigurationFaults {
        ConfigurationFaults([$authorityFile.fault("names a file that \(why)")])
    }
}
