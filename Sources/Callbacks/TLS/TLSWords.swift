// SPDX-License-Identifier: Apache-2.0

import Fleet
import NIOSSL

/// Says in a person's words why no trust came about between us and a receiver.
package enum TLSWords {
    /// The words for an error; `nil` if it is not about TLS. `more` is where further authorities are named.
    package static func about(_ error: any Error, more: String = "callback.ca_file") -> String? {
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            return "its certificate is for another name"
        }
        guard let error = error as? NIOSSLError, case .handshakeFailed(let reason) = error else { return nil }
        let text = "\(reason)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return
                "its certificate has expired, or no authority known here vouches for it (\(more) names more)"
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
            return "what answers there does not speak TLS"
        }
        return "the TLS handshake failed: \(HarmlessText.line(text, limit: 200))"
    }
}
