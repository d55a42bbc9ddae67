// SPDX-License-Identifier: Apache-2.0

public import Foundation

extension Bool: PostgresEncodable, PostgresDecodable {
    /// `bool`
    public static var postgresType: PostgresType { .bool }

    /// `t` or `f`
    public func postgresText() throws(PostgresError) -> String? { self ? "t" : "f" }

    /// From `bool`.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .bool, let text = cell.text, text == "t" || text == "f" else {
            throw cell.mismatch(Bool.self)
        }
        self = text == "t"
    }
}

extension FixedWidthInteger {
    /// From any integer type whose value fits.
    static func integer(_ cell: PostgresCell) throws(PostgresError) -> Self {
        guard cell.type.isInteger, let text = cell.text else { throw cell.mismatch(Self.self) }
        guard let value = Self(text) else { throw cell.mismatch(Self.self, "out of range") }
        return value
    }
}

extension Int16: PostgresEncodable, PostgresDecodable {
    /// `int2`
    public static var postgresType: PostgresType { .int2 }

    /// Decimal digits.
    public func postgresText() throws(PostgresError) -> String? { String(self) }

    /// From an integer type whose value fits.
    public init(postgres cell: PostgresCell) throws(PostgresError) { self = try .integer(cell) }
}

extension Int32: PostgresEncodable, PostgresDecodable {
    /// `int4`
    public static var postgresType: PostgresType { .int4 }

    /// Decimal digits.
    public func postgresText() throws(PostgresError) -> String? { String(self) }

    /// From an integer type whose value fits.
    public init(postgres cell: PostgresCell) throws(PostgresError) { self = try .integer(cell) }
}

extension Int64: PostgresEncodable, PostgresDecodable {
    /// `int8`
    public static var postgresType: PostgresType { .int8 }

    /// Decimal digits.
    public func postgresText() throws(PostgresError) -> String? { String(self) }

    /// From an integer type.
    public init(postgres cell: PostgresCell) throws(PostgresError) { self = try .integer(cell) }
}

extension Int: PostgresEncodable, PostgresDecodable {
    /// `int8`
    public static var postgresType: PostgresType { .int8 }

    /// Decimal digits.
    public func postgresText() throws(PostgresError) -> String? { String(self) }

    /// From an integer type whose value fits.
    public init(postgres cell: PostgresCell) throws(PostgresError) { self = try .integer(cell) }
}

extension Double: PostgresEncodable, PostgresDecodable {
    /// `float8`
    public static var postgresType: PostgresType { .float8 }

    /// The shortest text that reads back as the same number.
    public func postgresText() throws(PostgresError) -> String? { isNaN ? "NaN" : "\(self)" }

    /// From `float8` or `float4`. `numeric` is a `String`: it holds what no float can.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .float8 || cell.type == .float4, let value = cell.text.flatMap({ Double($0) }) else {
            throw cell.mismatch(Double.self)
        }
        self = value
    }
}

extension Float: PostgresEncodable, PostgresDecodable {
    /// `float4`
    public static var postgresType: PostgresType { .float4 }

    /// The shortest text that reads back as the same number.
    public func postgresText() throws(PostgresError) -> String? { isNaN ? "NaN" : "\(self)" }

    /// From `float4` only; a `float8` would lose digits.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .float4, let value = cell.text.flatMap({ Float($0) }) else {
            throw cell.mismatch(Float.self)
        }
        self = value
    }
}

extension String: PostgresEncodable, PostgresDecodable {
    /// `text`. Where the server wants another type, cast in SQL: `\(name)::numeric`.
    public static var postgresType: PostgresType { .text }

    /// The text itself; NUL is refused, since PostgreSQL cannot store it.
    public func postgresText() throws(PostgresError) -> String? {
        guard !utf8.contains(0) else {
            throw PostgresError(.encoding, "a text contains NUL, which PostgreSQL cannot store")
        }
        return self
    }

    /// From text types, `numeric`, JSON, enums and other types made by users, as PostgreSQL writes them.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        guard cell.type.readsAsString, let text = cell.text else { throw cell.mismatch(String.self) }
        self = text
    }
}

extension UUID: PostgresEncodable, PostgresDecodable {
    /// `uuid`
    public static var postgresType: PostgresType { .uuid }

    /// The usual 36 characters.
    public func postgresText() throws(PostgresError) -> String? { uuidString }

    /// From `uuid`.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .uuid, let value = cell.text.flatMap({ UUID(uuidString: $0) }) else {
            throw cell.mismatch(UUID.self)
        }
        self = value
    }
}

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
