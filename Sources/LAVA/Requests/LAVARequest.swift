// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// One request to a lab, before it has an address.
struct LAVARequest: Sendable {
    var method: HTTPMethod = .GET
    /// Below the API's root, with the trailing slash that LAVA wants (without one it redirects).
    var path: String
    var query: [(name: String, value: String)] = []
    /// A JSON document. It is sent with its length: LAVA reads a chunked body as an empty one.
    var body: ByteBuffer?
    /// In which line it waits for its turn.
    var purpose: RequestPermits.Purpose
    /// How long it may wait there, if not for as long as the lab's others.
    var maximumWait: Duration?

    init(_ path: String, query: [(name: String, value: String)] = [], for purpose: RequestPermits.Purpose = .other) {
        self.path = path
        self.query = query
        self.purpose = purpose
    }

    /// Whether a repeat would do something again.
    var changesSomething: Bool { method != .GET }

    /// The address below a root.
    func url(root: String) -> String {
        guard !query.isEmpty else { return "\(root)/\(path)" }
        let text = query.map { "\(Self.escaped($0.name))=\(Self.escaped($0.value))" }.joined(separator: "&")
        return "\(root)/\(path)?\(text)"
    }

    /// Percent-encoded except for what a query may hold as it is. Commas stay, for the sake of short id lists.
    static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2C, 0x3A:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }
}

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
