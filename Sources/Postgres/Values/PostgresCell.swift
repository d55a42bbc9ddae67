// SPDX-License-Identifier: Apache-2.0

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
