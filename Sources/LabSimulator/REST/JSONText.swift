// SPDX-License-Identifier: Apache-2.0

/// Writes JSON into bytes. Rows are written by hand: a page of a thousand jobs is mostly definitions, and those
/// are kept ready escaped.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    /// A whole string with its quotes.
    static func quoted(_ text: some StringProtocol) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        bytes.append(contentsOf: escaped(text))
        bytes.append(UInt8(ascii: "\""))
        return bytes
    }

    /// A string's inside.
    static func escaped(_ text: some StringProtocol) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        var rest = Substring(text).utf8
        // What needs no escape, which is nearly all, is copied in runs.
        while let place = rest.firstIndex(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) {
            bytes.append(contentsOf: rest[..<place])
            switch rest[place] {
            case 0x22: bytes.append(contentsOf: [0x5C, 0x22])
            case 0x5C: bytes.append(contentsOf: [0x5C, 0x5C])
            case 0x0A: bytes.append(contentsOf: [0x5C, 0x6E])
            case 0x0D: bytes.append(contentsOf: [0x5C, 0x72])
            case 0x09: bytes.append(contentsOf: [0x5C, 0x74])
            case let byte:
                let digits = String(byte, radix: 16)
                bytes.append(contentsOf: "\\u\(digits.count == 1 ? "000" : "00")\(digits)".utf8)
            }
            rest = rest[rest.index(after: place)...]
        }
        bytes.append(contentsOf: rest)
        return bytes
    }

    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func raw(_ other: [UInt8]) {
        bytes.append(contentsOf: other)
    }

    mutating func number(_ value: Int) {
        bytes.append(contentsOf: String(value).utf8)
    }

    mutating func string(_ text: some StringProtocol) {
        bytes.append(contentsOf: Self.quoted(text))
    }

    mutating func optional(_ text: String?) {
        if let text { string(text) } else { raw("null") }
    }

    /// An object of one text, such as `{"message":"…"}`.
    static func object(_ key: String, _ value: String) -> [UInt8] {
        var json = JSONText()
        json.raw("{")
        json.string(key)
        json.raw(":")
        json.string(value)
        json.raw("}")
        return json.bytes
    }

    /// A refusal of one field, such as `{"definition":["…"]}`.
    static func complaint(_ field: String, _ words: String) -> [UInt8] {
        var json = JSONText()
        json.raw("{")
        json.string(field)
        json.raw(":[")
        json.string(words)
        json.raw("]}")
        return json.bytes
    }
}
