// SPDX-License-Identifier: Apache-2.0

/// JSON that is passed through as text, in a `jsonb` parameter. Columns of JSON can be read as `String` just as well.
public struct PostgresJSONText: PostgresEncodable, PostgresDecodable, Hashable {
    /// The JSON, as it was given or as the server writes it.
    public var text: String

    /// Wraps JSON text; the server checks it.
    public init(_ text: String) {
        self.text = text
    }

    /// `jsonb`
    public static var postgresType: PostgresType { .jsonb }

    /// The text itself.
    public func postgresText() throws(PostgresError) -> String? { try text.postgresText() }

    /// From `jsonb` or `json`.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .jsonb || cell.type == .json, let text = cell.text else {
            throw cell.mismatch(PostgresJSONText.self)
        }
        self.text = text
    }
}
