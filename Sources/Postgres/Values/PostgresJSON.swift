// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A Codable value as `jsonb`. Dates are written as ISO 8601 with whole seconds, and
/// read so or as seconds since 1970; keys are written in order, so equal values are equal text.
public struct PostgresJSON<Value: Codable & Sendable>: PostgresEncodable, PostgresDecodable {
    /// What was, or will be, JSON.
    public var value: Value

    /// Wraps a value to be stored as `jsonb`.
    public init(_ value: Value) {
        self.value = value
    }

    /// `jsonb`
    public static var postgresType: PostgresType { .jsonb }

    /// The JSON text.
    public func postgresText() throws(PostgresError) -> String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw PostgresError(.encoding, "a \(Value.self) cannot be written as JSON")
        }
    }

    /// From `jsonb` or `json`.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        value = try PostgresJSONReader.read(cell)
    }
}

/// Reads values from columns of JSON.
enum PostgresJSONReader {
    private static let formats = [
        Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true),
    ]

    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            if let seconds = try? container.decode(Double.self) { return Date(timeIntervalSince1970: seconds) }
            let text = try container.decode(String.self)
            guard let date = formats.lazy.compactMap({ try? $0.parse(text) }).first else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date")
            }
            return date
        }
        return decoder
    }()

    static func read<Value: Decodable>(_ cell: PostgresCell) throws(PostgresError) -> Value {
        guard cell.type == .jsonb || cell.type == .json, let text = cell.text else {
            throw cell.mismatch(Value.self)
        }
        do {
            return try decoder.decode(Value.self, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw cell.mismatch(Value.self, "the JSON has another shape: \(ColumnDecoder.place(of: error))")
        } catch {
            throw cell.mismatch(Value.self, "the JSON can't be read")
        }
    }
}

extension PostgresJSON: Equatable where Value: Equatable {}
extension PostgresJSON: Hashable where Value: Hashable {}

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
