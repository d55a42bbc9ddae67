// SPDX-License-Identifier: Apache-2.0

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
