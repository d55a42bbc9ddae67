// SPDX-License-Identifier: Apache-2.0

internal import HTTPExchange
internal import NIOSSL

/// Whose word counts for a lab's certificate.
struct LabAuthorities: Sendable {
    /// The PEM file they come from, or nil for those of the system.
    let file: String?

    /// Them, read once.
    let certificates: [NIOSSLCertificate]

    /// Reads those of a lab.
    ///
    /// - Throws: ``LAVAError/Kind/transport(reason:)`` if there is a file that cannot be read or holds none.
    init(_ lab: LAVALab) throws(LAVAError) {
        file = lab.authorityFile
        guard let file else {
            certificates = []
            return
        }
        do {
            certificates = try PEMFile.certificates(in: file)
        } catch {
            throw LAVAError(kind: .transport(reason: "TLS: \(file) \(error)"), requestMayHaveBeenProcessed: false)
        }
    }

    /// A client's settings: whatever lab it is, its certificate is verified, and so is its name.
    var clientConfiguration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = file == nil ? .default : .certificates(certificates)
        return configuration
    }
}
