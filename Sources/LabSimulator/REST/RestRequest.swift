// SPDX-License-Identifier: Apache-2.0

/// One request to the lab, read.
struct RestRequest: Sendable {
    var method: String
    /// The path and the query as they came.
    var target: String
    var path: String
    var query: QueryText
    /// By lower-case name; the last of a repeated one.
    var headers: [String: String]
    var body: [UInt8]
    /// What is to go wrong with the group it submits.
    var groupFault: GroupFault?

    init(method: String, target: String, headers: [String: String], body: [UInt8]) {
        self.method = method
        self.target = target
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.path = QueryText.decoded(parts.first ?? "", plusIsSpace: false)
        self.query = QueryText(parts.count > 1 ? parts[1] : "")
        self.headers = headers
        self.body = body
    }

    /// The lab's address as the client wrote it; LAVA puts it into the links of its answers.
    var origin: String { "http://\(headers["host"] ?? "localhost")" }

    /// Whether it is a submission whose definition speaks of a group, as far as a glance tells.
    var submitsGroup: Bool {
        method == "POST" && path == "\(RestRouter.root)jobs/"
            && ByteSearch.contains("lava-multinode", in: String(decoding: body, as: UTF8.self))
    }

    var contentType: String {
        let value = headers["content-type"] ?? ""
        return String(value.prefix { $0 != ";" }).trimmed.lowercased()
    }
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else {
            return ""
        }
        return String(self[first...last])
    }
}

/// A query, or a urlencoded form: names and values in order.
struct QueryText: Sendable {
    private(set) var items: [(name: String, value: String)] = []

    /// The most parameters that are read.
    static let maximumItems = 1_000

    init(_ text: some StringProtocol) {
        for part in text.split(separator: "&", maxSplits: Self.maximumItems) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = pair.first else { continue }
            items.append(
                (Self.decoded(name, plusIsSpace: true), pair.count > 1 ? Self.decoded(pair[1], plusIsSpace: true) : "")
            )
        }
    }

    /// The last value of a name: of a repeated one, LAVA takes that.
    subscript(_ name: String) -> String? {
        items.last { $0.name == name }?.value
    }

    /// The query with a changed page, sorted by name and encoded, as LAVA writes it into its links.
    func link(limit: Int, offset: Int?) -> String {
        var pairs = items.filter { $0.name != "limit" && $0.name != "offset" }
        pairs.append(("limit", "\(limit)"))
        if let offset { pairs.append(("offset", "\(offset)")) }
        return pairs.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
            .map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
    }

    static func decoded(_ text: some StringProtocol, plusIsSpace: Bool) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+"), plusIsSpace {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x20: result += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }
}
