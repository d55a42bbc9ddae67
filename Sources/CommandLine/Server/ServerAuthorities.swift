// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPExchange
import NIOSSL

/// Whose word counts for a gateway's certificate: the system's authorities, and those that a person names.
struct ServerAuthorities: Sendable {
    /// A client's settings: the certificate is verified, and so is its name.
    private(set) var clientConfiguration = TLSConfiguration.makeClientConfiguration()

    /// The authorities of a file besides the system's, which `SSL_CERT_FILE` stands in for as it does elsewhere.
    ///
    /// - Throws: ``CommandFailure`` for a file that can't be read or holds none.
    init(file: String?, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        if let system = environment["SSL_CERT_FILE"], !system.isEmpty {
            clientConfiguration.trustRoots = .certificates(try Self.certificates(in: system))
        }
        if let file { clientConfiguration.additionalTrustRoots = [.certificates(try Self.certificates(in: file))] }
    }

    private static func certificates(in file: String) throws -> [NIOSSLCertificate] {
        do {
            return try PEMFile.certificates(in: file)
        } catch {
            throw CommandFailure(.usage, "\(file) \(error)")
        }
    }
}
