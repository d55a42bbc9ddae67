// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// One value of a row, for types that are `Decodable` only.
struct ColumnDecoder: Decoder, SingleValueDecodingContainer {
    let cell: PostgresCell

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// The value as a type that may have a way to read itself.
    func read<T: Decodable>(_ type: T.Type, _ reader: (any PostgresDecodable.Type)?) throws -> T {
        if cell.type == .jsonb || cell.type == .json, type != String.self { return try PostgresJSONReader.read(cell) }
        if let reader { return try value(of: reader) }
        do {
            return try T(from: self)
        } catch is DecodingError {
            throw cell.mismatch(type, "not such a value")
        }
    }

    func decodeNil() -> Bool { cell.text == nil }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if let reader = type as? any PostgresDecodable.Type { return try value(of: reader) }
        if let integer = type as? any FixedWidthInteger.Type { return try value(ofInteger: integer) }
        return try T(from: self)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        throw cell.mismatch(type, "a record is read from JSON")
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw PostgresError(.decoding, "column \"\(cell.column)\": a list is read from an array or JSON")
    }

    private func value<T, Value: PostgresDecodable>(of reader: Value.Type) throws -> T {
        guard let value = try reader.init(postgres: cell) as? T else { throw cell.mismatch(T.self) }
        return value
    }

    private func value<T, Value: FixedWidthInteger>(ofInteger type: Value.Type) throws -> T {
        guard let value = try type.integer(cell) as? T else { throw cell.mismatch(T.self) }
        return value
    }

    /// Where something can't be decoded, without the value.
    static func place(of error: DecodingError) -> String {
        let (path, what): ([any CodingKey], String) =
            switch error {
            case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
            case .valueNotFound(_, let context): (context.codingPath, "is null")
            case .typeMismatch(let type, let context): (context.codingPath, "is no \(type)")
            case .dataCorrupted(let context): (context.codingPath, "is no such value")
            @unknown default: ([], "can't be read")
            }
        return (path.isEmpty ? "it" : path.map(\.stringValue).joined(separator: ".")) + " \(what)"
    }
}
