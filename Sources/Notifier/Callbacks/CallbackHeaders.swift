// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Foundation
import NIOHTTP1

/// The headers of a callback.
enum CallbackHeaders {
    /// What a jobset can't set: ours, and those that say where a message begins and ends.
    private static let reserved: Set<String> = [
        "connection", "content-encoding", "content-length", "content-type", "expect", "host", "keep-alive",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
    ]

    /// All headers of one try.
    ///
    /// - Parameters:
    ///   - own: The jobset's headers; those that are not its to set are left out.
    ///   - id: The `webhook-id`.
    ///   - timestamp: When this try begins, in seconds since 1970.
    ///   - body: The body that is signed.
    ///   - signer: What signs it.
    static func make(
        own: [String: String],
        id: String,
        timestamp: Int,
        body: [UInt8],
        signer: WebhookSigner
    ) -> HTTPHeaders {
        var headers = HTTPHeaders()
        for (name, value) in own.sorted(by: { $0.key < $1.key }) {
            let lowercased = name.lowercased()
            guard !reserved.contains(lowercased), !lowercased.hasPrefix("webhook-") else { continue }
            headers.replaceOrAdd(name: name, value: value)
        }
        headers.add(name: "content-type", value: "application/json")
        headers.add(name: "user-agent", value: "muster/\(MusterVersion.current)")
        headers.add(name: "webhook-id", value: id)
        headers.add(name: "webhook-timestamp", value: String(timestamp))
        if let signature = signer.signature(id: id, timestamp: timestamp, body: body) {
            headers.add(name: "webhook-signature", value: signature)
        }
        return headers
    }
}
