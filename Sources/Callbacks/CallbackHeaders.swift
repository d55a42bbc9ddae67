// SPDX-License-Identifier: Apache-2.0

package import Fleet
import FleetRuntime
package import NIOHTTP1

/// The headers of a callback.
package enum CallbackHeaders {
    /// What a jobset can't set: ours, and those that say where a message begins and ends.
    private static let reserved: Set<String> = [
        "connection", "content-encoding", "content-length", "content-type", "expect", "host", "keep-alive",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
    ]

    /// All headers of one try.
    ///
    /// - Parameters:
    ///   - own: The jobset's headers; those that are not its to set are left out.
    ///   - contentType: What the body is; `nil` without one.
    ///   - id: The `webhook-id`.
    ///   - timestamp: When this try begins, in seconds since 1970.
    ///   - body: The body that is signed.
    ///   - signer: What signs it.
    ///   - traceParent: Where in a trace it is sent; the jobset's own header goes before it.
    /// - Throws: when it can't be signed.
    package static func make(
        own: [String: String],
        contentType: String? = "application/json",
        id: String,
        timestamp: Int,
        body: [UInt8],
        signer: WebhookSigner,
        traceParent: TraceParent? = .current
    ) throws -> HTTPHeaders {
        var headers = HTTPHeaders()
        for (name, value) in own.sorted(by: { $0.key < $1.key }) {
            let lowercased = name.lowercased()
            guard !reserved.contains(lowercased), !lowercased.hasPrefix("webhook-") else { continue }
            headers.replaceOrAdd(name: name, value: value)
        }
        if let contentType { headers.add(name: "content-type", value: contentType) }
        headers.add(name: "user-agent", value: "muster/\(MusterVersion.current)")
        headers.add(name: "webhook-id", value: id)
        headers.add(name: "webhook-timestamp", value: String(timestamp))
        if let signature = try signer.signature(id: id, timestamp: timestamp, body: body) {
            headers.add(name: "webhook-signature", value: signature)
        }
        if let traceParent, !headers.contains(name: TraceParent.header) {
            headers.add(name: TraceParent.header, value: "\(traceParent)")
        }
        return headers
    }
}
