// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// A lab's whole answer.
struct LAVAResponse: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: ByteBuffer

    var isJSON: Bool {
        headers.first(name: "content-type")?.lowercased().hasPrefix("application/json") ?? false
    }

    /// The first part of the body as text; bytes that are no UTF-8 are replaced.
    func text(limit: Int = 64 * 1024) -> String {
        String(decoding: body.readableBytesView.prefix(limit), as: UTF8.self)
    }
}
