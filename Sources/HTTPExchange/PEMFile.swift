// SPDX-License-Identifier: Apache-2.0

import Foundation
package import NIOSSL

/// A file of certificates in PEM form: authorities that somebody has named.
package enum PEMFile {
    /// Why a file is of no use.
    package enum Useless: Error, Sendable, Equatable, CustomStringConvertible {
        case unreadable, empty

        package var description: String {
            switch self {
            case .unreadable: "can't be read"
            case .empty: "contains no certificate in PEM format"
            }
        }
    }

    /// The certificates of a file; at least one.
    ///
    /// - Throws: ``Useless``.
    package static func certificates(in path: String) throws(Useless) -> [NIOSSLCertificate] {
        guard let bytes = FileManager.default.contents(atPath: path) else { throw .unreadable }
        let certificates = (try? NIOSSLCertificate.fromPEMBytes(Array(bytes))) ?? []
        guard !certificates.isEmpty else { throw .empty }
        return certificates
    }
}
