// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Reads records, or the record that is a property of one, from the rows of a result.
///
/// The columns of properties are found with the first row and kept for the others: a record asks for its properties in
/// the same order every time.
final class RowDecoder: Decoder {
    /// A property that was asked for.
    final class Property {
        let name: String
        /// Its column; nil where it is a record of several.
        let column: Int?
        /// The type that it was last read as, and how that reads itself.
        private var type: Any.Type?
        private var known: (any PostgresDecodable.Type)?
        /// Reads the columns that belong to it, if it is a record.
        fileprivate(set) var record: RowDecoder?

        fileprivate init(name: String, column: Int?) {
            (self.name, self.column) = (name, column)
        }

        /// How a type reads itself from a column; nil if it does not.
        func reader<T>(of wanted: T.Type) -> (any PostgresDecodable.Type)? {
            if type != wanted {
                type = wanted
                known = wanted as? any PostgresDecodable.Type
            }
            return known
        }
    }

    let storage: RowStorage
    /// The row that is read.
    var row = 0
    private let record: Any.Type
    /// What the names of its columns begin with.
    private let prefix: String
    private var properties: [Property] = []
    private var next = 0

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(_ storage: RowStorage, of record: Any.Type, prefix: String = "") {
        self.storage = storage
        self.record = record
        self.prefix = prefix
    }

    func decode<Record: Decodable>(_ type: Record.Type, row: Int) throws -> Record {
        self.row = row
        do {
            return try Record(from: self)
        } catch let error as DecodingError {
            throw PostgresError(.decoding, "a row can't be read as \(type): \(ColumnDecoder.place(of: error))")
        }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        next = 0
        return KeyedDecodingContainer(RecordContainer<Key>(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw PostgresError(.decoding, "a row is no list of values")
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw PostgresError(.decoding, "a row is no single value")
    }

    /// Where a property is.
    func property(_ name: String) throws -> Property {
        if next < properties.count, properties[next].name == name {
            next += 1
        } else if next == 0 || properties[next - 1].name != name {
            if let known = properties.firstIndex(where: { $0.name == name }) {
                next = known + 1
            } else {
                properties.append(try find(name))
                next = properties.count
            }
        }
        return properties[next - 1]
    }

    /// What a property without a column is read from: the columns whose names begin with its name.
    ///
    /// - Throws: `PostgresError` with code `decoding` if there are none.
    func record(of property: Property) throws -> RowDecoder {
        guard let record = property.record, !record.columns.isEmpty else { throw missing(property) }
        record.row = row
        return record
    }

    /// Whether all columns of the record are NULL.
    var isNull: Bool { columns.allSatisfy { storage.isNull(row: row, column: $0) } }

    /// What to throw when a property has no column.
    func missing(_ property: Property) -> PostgresError {
        var error = PostgresError(.decoding, "no column is named as property \"\(property.name)\" of \(record)")
        error.column = property.name
        return error
    }

    private lazy var columns = storage.columns.indices.filter {
        Self.rest(of: storage.columns[$0].name, after: prefix) != nil
    }

    private func find(_ name: String) throws -> Property {
        let path = prefix + name
        let found = storage.columns.indices.filter {
            Self.rest(of: storage.columns[$0].name, after: path)?.isEmpty == true
        }
        guard found.count <= 1 else {
            var error = PostgresError(
                .decoding,
                "\(found.count) columns are named as property \"\(name)\" of \(record)"
            )
            error.column = name
            throw error
        }
        let property = Property(name: name, column: found.first)
        if found.isEmpty { property.record = RowDecoder(storage, of: record, prefix: path) }
        return property
    }

    /// What comes behind the beginning of a column's name; nil if it begins otherwise. Underscores and case don't count.
    private static func rest(of column: String, after beginning: String) -> Substring.UTF8View? {
        var rest = column[...].utf8
        for byte in beginning.utf8 where byte != UInt8(ascii: "_") {
            while rest.first == UInt8(ascii: "_") { rest.removeFirst() }
            guard let found = rest.popFirst(), lowercased(found) == lowercased(byte) else { return nil }
        }
        return rest
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
    }
}

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
