// SPDX-License-Identifier: Apache-2.0

/// A value that can be read from a column. Conform an enum with a raw value by declaring the conformance and nothing more.
public protocol PostgresDecodable: PostgresDecodableElement {
    /// - Throws: `PostgresError` with code `decoding`, from `cell.mismatch`.
    init(postgres cell: PostgresCell) throws(PostgresError)
}

/// A value of which arrays can be read. Comes with `PostgresDecodable`.
public protocol PostgresDecodableElement {
    /// Reads a whole array.
    static func postgresArray(_ cell: PostgresCell) throws(PostgresError) -> [Self]
}

extension PostgresDecodable {
    /// Each element on its own, as a cell of the element type.
    public static func postgresArray(_ cell: PostgresCell) throws(PostgresError) -> [Self] {
        guard let text = cell.text else { throw cell.mismatch([Self].self) }
        // Arrays of types made by users carry ids that are not known here; their text says what they are.
        let isKnown = cell.type.element != nil || cell.type.readsAsString
        guard isKnown, let elements = ArrayText.read(text) else { throw cell.mismatch([Self].self) }
        let type = cell.type.element ?? cell.type
        var values: [Self] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            values.append(try Self(postgres: PostgresCell(column: cell.column, type: type, text: element)))
        }
        return values
    }
}

extension Optional: PostgresDecodableElement where Wrapped: PostgresDecodable {}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// nil for NULL.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        self = cell.text == nil ? .none : .some(try Wrapped(postgres: cell))
    }
}

extension Array: PostgresDecodableElement where Element: PostgresDecodableElement {
    /// Only arrays of bytes can be elements.
    public static func postgresArray(_ cell: PostgresCell) throws(PostgresError) -> [[Element]] {
        guard cell.type == .bytea.array, let elements = cell.text.flatMap(ArrayText.read) else {
            throw cell.mismatch([[Element]].self)
        }
        var values: [[Element]] = []
        for element in elements {
            values.append(
                try Element.postgresArray(PostgresCell(column: cell.column, type: .bytea, text: element))
            )
        }
        return values
    }
}

extension Array: PostgresDecodable where Element: PostgresDecodableElement {
    /// An array, or `bytea` for bytes.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        self = try Element.postgresArray(cell)
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    /// From its raw value; one that is no case is an error.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        let raw = try RawValue(postgres: cell)
        guard let value = Self(rawValue: raw) else { throw cell.mismatch(Self.self, "the value is none of its cases") }
        self = value
    }
}

/// One value of a result, as a `PostgresDecodable` gets to see it.
public struct PostgresCell: Sendable {
    /// The name of the column, for errors.
    public let column: String
    /// The type that the server gave.
    public let type: PostgresType
    /// The value in PostgreSQL's text form; nil is NULL.
    public let text: String?

    /// A value to be decoded.
    public init(column: String, type: PostgresType, text: String?) {
        self.column = column
        self.type = type
        self.text = text
    }

    /// The error to throw when this is no value of the wanted type. Names column, wanted and found type, never the value.
    public func mismatch(_ wanted: Any.Type, _ reason: String? = nil) -> PostgresError {
        let found = text == nil ? "NULL (\(type))" : "\(type)"
        let why = reason.map { ": \($0)" } ?? ""
        var error = PostgresError(.decoding, "column \"\(column)\": wanted \(wanted), found \(found)\(why)")
        error.column = column
        return error
    }
}
