// SPDX-License-Identifier: Apache-2.0

package import FleetRuntime
import HTTPExchange
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
    package init(_ callback: FleetConfiguration.Callback) throws(ConfigurationFaults) {
        guard let file = callback.authorityFile else {
            self = .system
            return
        }
        do {
            own = try PEMFile.certificates(in: file)
        } catch {
            throw ConfigurationFaults([callback.$authorityFile.fault("names a file that \(error)")])
        }
    }

    /// A client's settings: the certificate is verified, and so is its name.
    var clientConfiguration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if !own.isEmpty { configuration.additionalTrustRoots = [.certificates(own)] }
        return configuration
    }

}
