// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A Codable value as `jsonb`. Dates are ISO 8601 with whole seconds; keys are written in order, so equal values are equal text.
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
        guard cell.type == .jsonb || cell.type == .json, let text = cell.text else {
            throw cell.mismatch(Value.self)
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            value = try decoder.decode(Value.self, from: Data(text.utf8))
        } catch {
            throw cell.mismatch(Value.self, "the JSON has another shape")
        }
    }
}

extension PostgresJSON: Equatable where Value: Equatable {}
extension PostgresJSON: Hashable where Value: Hashable {}
