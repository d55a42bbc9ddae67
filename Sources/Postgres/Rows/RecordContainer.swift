// SPDX-License-Identifier: Apache-2.0

/// The properties of a record in a row.
struct RecordContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RowDecoder

    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { decoder.storage.columns.compactMap { Key(stringValue: $0.name) } }

    /// Every property is asked for, so that one without a column is an error and not nil.
    func contains(_ key: Key) -> Bool { true }

    func decodeNil(forKey key: Key) throws -> Bool { try isNull(decoder.property(key.stringValue)) }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try decode(type, decoder.property(key.stringValue))
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        let property = try decoder.property(key.stringValue)
        return try isNull(property) ? nil : decode(type, property)
    }

    // The commonest, without the ways of the others.

    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(key) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try value(key) }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try value(key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try value(key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try value(key) }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try value(key) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
        -> KeyedDecodingContainer<Nested>
    {
        try decoder.record(of: decoder.property(key.stringValue)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder.unkeyedContainer()
    }

    func superDecoder() -> any Decoder { decoder }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        try decoder.record(of: decoder.property(key.stringValue))
    }

    private func isNull(_ property: RowDecoder.Property) throws -> Bool {
        guard let column = property.column else { return try decoder.record(of: property).isNull }
        return decoder.storage.isNull(row: decoder.row, column: column)
    }

    private func decode<T: Decodable>(_ type: T.Type, _ property: RowDecoder.Property) throws -> T {
        let reader = property.reader(of: type)
        if let column = property.column {
            return try ColumnDecoder(cell: decoder.storage.cell(row: decoder.row, column: column)).read(type, reader)
        }
        guard reader == nil else { throw decoder.missing(property) }
        return try T(from: decoder.record(of: property))
    }

    private func value<Value: PostgresDecodable>(_ key: Key) throws -> Value {
        let property = try decoder.property(key.stringValue)
        guard let column = property.column else { throw decoder.missing(property) }
        return try Value(postgres: decoder.storage.cell(row: decoder.row, column: column))
    }
}
