// SPDX-License-Identifier: Apache-2.0

import Callbacks
import FleetRuntime
import Testing

extension ReceivedCallback {
    /// Records an issue unless the callback is signed by `secret`.
    func expectSigned(by secret: String) throws { #expect(try isSigned(by: secret)) }

    /// Whether one of its signatures is by `secret`.
    func isSigned(by secret: String) throws -> Bool {
        let timestamp = try #require(headers["webhook-timestamp"].flatMap { Int($0) })
        let signer = WebhookSigner(keys: [try SigningKey(Secret(secret))])
        let expected = try #require(try signer.signature(id: id, timestamp: timestamp, body: body))
        return headers["webhook-signature"]?.split(separator: " ").contains(Substring(expected)) == true
    }
}
