// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import NIOHTTP1

/// One request to a gateway.
struct ServerRequest: Sendable {
    var method = HTTPMethod.GET
    /// Below `/api/v1`, in parts.
    let path: [String]
    /// The parameters of the query.
    var query: [(name: String, value: String)] = []
    /// The body, JSON.
    var body: [UInt8]?
    /// The key under which the same request is done once.
    var key: UUID?
    /// Where in a trace it is sent.
    var traceParent: TraceParent?
    /// How long it may take besides what every request may.
    var extraTime = Duration.zero
    /// How long its answer may be, in bytes.
    var maximumBytes = Self.usualBytes
    /// Whether it does no harm to send it again when it is not known what became of it.
    var isRepeatable: Bool

    static let usualBytes = 64 << 20
    /// What a body is allowed for each second of extra time: slower lines are not waited for.
    static let slowestBytesPerSecond = 65_536

    init(get path: String..., query: [(name: String, value: String)] = []) {
        self.path = path
        self.query = query
        isRepeatable = true
    }

    init(get path: [String], query: [(name: String, value: String)]) {
        self.path = path
        self.query = query
        isRepeatable = true
    }

    /// Something to be done, with a JSON body.
    init(_ method: HTTPMethod, _ path: String..., body: some Encodable = [String: String](), isRepeatable: Bool) throws
    {
        self.method = method
        self.path = path
        self.body = Array(try JSONEncoder().encode(body))
        self.isRepeatable = isRepeatable
    }

    /// Bytes to be taken in.
    init(post bytes: [UInt8], _ path: String..., key: UUID?, extraTime: Duration) {
        method = .POST
        self.path = path
        body = bytes
        self.key = key
        traceParent = .ofProcess
        self.self.extraTime = extraTime + .seconds(bytes.count / Self.slowestBytesPerSecond)
        isRepeatable = true
    }

    /// Its address.
    func url(at address: ServerAddress) -> String {
        let parts = path.map { "/" + Self.escaped($0) }.joined()
        let items = query.map { "\(Self.escaped($0.name))=\(Self.escaped($0.value))" }.joined(separator: "&")
        return address.root + "/api/v1" + parts + (items.isEmpty ? "" : "?" + items)
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = byte < 0x80 && (scalar.properties.isAlphabetic || (0x30...0x39).contains(byte))
            if isPlain || "-._~".utf8.contains(byte) { return String(scalar) }
            return "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
        }
        .joined()
    }
}
