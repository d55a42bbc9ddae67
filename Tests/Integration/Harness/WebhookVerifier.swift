// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// Checks a callback as its receiver would, by Standard Webhooks 1.0.0 and nothing of ours.
enum WebhookVerifier {
    static func verifies(_ received: ReceivedCallback) throws -> Bool {
        guard let key = Data(base64Encoded: String(TestFleet.secret.dropFirst("whsec_".count))),
            let timestamp = received.headers["webhook-timestamp"], let signed = received.headers["webhook-signature"]
        else { return false }
        let text = Data("\(received.id).\(timestamp).".utf8) + Data(received.body)
        let code = HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: key))
        return signed.split(separator: " ").contains("v1,\(Data(code).base64EncodedString())")
    }
}
