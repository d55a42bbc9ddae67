// SPDX-License-Identifier: Apache-2.0

/// Bytes only occur as `[UInt8]`, which is `bytea`.
extension UInt8: PostgresEncodableElement, PostgresDecodableElement {
    /// `bytea`
    public static var postgresArrayType: PostgresType { .bytea }

    /// PostgreSQL's hex form.
    public static func postgresArrayText(_ elements: [UInt8]) throws(PostgresError) -> String {
        var text: [UInt8] = [UInt8(ascii: "\\"), UInt8(ascii: "x")]
        text.reserveCapacity(elements.count * 2 + 2)
        for byte in elements {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// From the hex form, which the connection asks for.
    public static func postgresArray(_ cell: PostgresCell) throws(PostgresError) -> [UInt8] {
        guard cell.type == .bytea, let text = cell.text, text.hasPrefix("\\x") else {
            throw cell.mismatch([UInt8].self)
        }
        var digits = text.utf8.dropFirst(2)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        while let high = digits.popFirst() {
            guard let low = digits.popFirst(), let upper = value(high), let lower = value(low) else {
                throw cell.mismatch([UInt8].self, "not hex")
            }
            bytes.append(upper << 4 | lower)
        }
        return bytes
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
