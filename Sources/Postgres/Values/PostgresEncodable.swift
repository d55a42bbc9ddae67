// SPDX-License-Identifier: Apache-2.0

/// A value that can be a parameter. Conform an enum with a raw value by declaring the conformance and nothing more.
public protocol PostgresEncodable: PostgresEncodableElement {
    /// The type that the server is told.
    static var postgresType: PostgresType { get }

    /// The value in PostgreSQL's text form; nil is NULL.
    ///
    /// - Throws: `PostgresError` with code `encoding` if the server has no such value.
    func postgresText() throws(PostgresError) -> String?
}

/// A value of which arrays can be parameters. Comes with `PostgresEncodable`.
public protocol PostgresEncodableElement: Sendable {
    /// The type that the server is told of an array of these.
    static var postgresArrayType: PostgresType { get }

    /// The array in PostgreSQL's text form.
    static func postgresArrayText(_ elements: [Self]) throws(PostgresError) -> String
}

extension PostgresEncodable {
    /// The array type that goes with `postgresType`.
    public static var postgresArrayType: PostgresType { postgresType.array }

    /// The elements quoted and between braces.
    public static func postgresArrayText(_ elements: [Self]) throws(PostgresError) -> String {
        var texts: [String?] = []
        texts.reserveCapacity(elements.count)
        for element in elements { texts.append(try element.postgresText()) }
        return ArrayText.write(texts)
    }
}

extension Optional: PostgresEncodableElement where Wrapped: PostgresEncodable {}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// That of the wrapped type.
    public static var postgresType: PostgresType { Wrapped.postgresType }

    /// The wrapped value's, or NULL.
    public func postgresText() throws(PostgresError) -> String? {
        guard let value = self else { return nil }
        return try value.postgresText()
    }
}

extension Array: PostgresEncodableElement where Element: PostgresEncodableElement {
    /// Only arrays of bytes can be elements: they are `bytea`.
    public static var postgresArrayType: PostgresType { postgresType.array }

    /// - Throws: `PostgresError` with code `encoding` for arrays of arrays.
    public static func postgresArrayText(_ elements: [[Element]]) throws(PostgresError) -> String {
        guard postgresType == .bytea else { throw PostgresError(.encoding, "arrays of arrays are not offered") }
        var texts: [String?] = []
        for element in elements { texts.append(try element.postgresText()) }
        return ArrayText.write(texts)
    }
}

extension Array: PostgresEncodable where Element: PostgresEncodableElement {
    /// That of an array of the elements.
    public static var postgresType: PostgresType { Element.postgresArrayType }

    /// The array, never NULL.
    public func postgresText() throws(PostgresError) -> String? {
        try Element.postgresArrayText(self)
    }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    /// That of the raw value.
    public static var postgresType: PostgresType { RawValue.postgresType }

    /// The raw value's.
    public func postgresText() throws(PostgresError) -> String? { try rawValue.postgresText() }
}
