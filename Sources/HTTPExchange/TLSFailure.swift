// SPDX-License-Identifier: Apache-2.0

internal import NIOSSL

/// Says in a person's words why no trust came about between us and another side.
package enum TLSFailure {
    /// What went wrong in a TLS handshake.
    package enum Cause: Sendable {
        case otherName, badCertificate, noCertificate, noTLS, closed, oldVersion, wantsCertificate, other

        /// In words, without what could be done about it.
        package var words: String {
            switch self {
            case .otherName: "its certificate is for another name"
            case .badCertificate: "its certificate is not trusted"
            case .noCertificate: "it shows no certificate"
            case .noTLS: "what answers there does not speak TLS"
            case .closed: "it closed the connection during the TLS handshake"
            case .oldVersion: "it speaks no version of TLS that is secure"
            case .wantsCertificate: "it asks for a client's certificate"
            case .other: "the TLS handshake failed"
            }
        }
    }

    /// The cause of an error; `nil` if it is not about TLS.
    package static func cause(of error: any Error) -> Cause? {
        if let error = error as? NIOSSLExtraError { return error == .failedToValidateHostname ? .otherName : .other }
        switch error as? NIOSSLError {
        case .noCertificateToValidate?: return .noCertificate
        case .handshakeFailed(let reason)?: return cause(named: "\(reason)")
        default: return nil
        }
    }

    /// The words for an error; `nil` if it is not about TLS.
    ///
    /// - Parameter authoritiesKey: Where a person names further authorities.
    package static func words(for error: any Error, authoritiesKey: String) -> String? {
        switch cause(of: error) {
        case nil: nil
        case .badCertificate?:
            "its certificate has expired, or no authority known here vouches for it (\(authoritiesKey) names more)"
        case let cause?: cause.words
        }
    }

    /// BoringSSL's name of an error is all that tells one from another.
    private static func cause(named text: String) -> Cause {
        let causes: [(name: String, cause: Cause)] = [
            ("CERTIFICATE_VERIFY_FAILED", .badCertificate), ("WRONG_VERSION_NUMBER", .noTLS), ("HTTP_REQUEST", .noTLS),
            ("EOF during handshake", .closed), ("PROTOCOL_VERSION", .oldVersion), ("UNSUPPORTED_PROTOCOL", .oldVersion),
            ("CERTIFICATE_REQUIRED", .wantsCertificate),
        ]
        return causes.first { text.contains($0.name) }?.cause ?? .other
    }
}
