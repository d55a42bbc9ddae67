// SPDX-License-Identifier: Apache-2.0

/// The rows of a result, all of them, copied and independent of any connection.
public struct PostgresRows: Sendable, RandomAccessCollection {
    let storage: RowStorage
    /// How many rows.
    public let count: Int

    init(storage: RowStorage, count: Int) {
        self.storage = storage
        self.count = count
    }

    static let empty = PostgresRows(storage: RowStorage(columns: []), count: 0)

    /// The columns, also where there are no rows.
    public var columns: [PostgresColumn] { storage.columns }
    /// Always 0.
    public var startIndex: Int { 0 }
    /// The number of rows.
    public var endIndex: Int { count }

    /// The row at `position`, from 0.
    public subscript(position: Int) -> PostgresRow {
        precondition((0..<count).contains(position), "no such row")
        return PostgresRow(storage: storage, index: position)
    }

    /// The only row.
    ///
    /// - Throws: `PostgresError` with code `decoding` if there is none or more than one.
    public func one() throws(PostgresError) -> PostgresRow {
        guard count == 1 else { throw PostgresError(.decoding, "wanted one row, found \(count)") }
        return self[0]
    }
}

/// One row of a result.
public struct PostgresRow: Sendable {
    let storage: RowStorage
    let index: Int

    init(storage: RowStorage, index: Int) {
        self.storage = storage
        self.index = index
    }

    /// The columns of the result.
    public var columns: [PostgresColumn] { storage.columns }

    /// All columns, by position: `let (id, name) = try row.decode(UUID.self, String?.self)`.
    ///
    /// - Throws: `PostgresError` with code `decoding`: as many types as columns are wanted, and each must fit.
    public func decode<each T: PostgresDecodable>(_ types: repeat (each T).Type) throws -> (repeat each T) {
        var wanted = 0
        for _ in repeat each types { wanted += 1 }
        guard wanted == columns.count else {
            throw PostgresError(.decoding, "wanted \(wanted) columns, found \(columns.count)")
        }
        var position = -1
        func next<V: PostgresDecodable>(_ type: V.Type) throws -> V {
            position += 1
            return try V(postgres: storage.cell(row: index, column: position))
        }
        return (repeat try next(each types))
    }

    /// The only column.
    ///
    /// - Throws: `PostgresError` with code `decoding` if there are more, or it is of another type.
    public func decode<T: PostgresDecodable>(_ type: T.Type) throws(PostgresError) -> T {
        guard columns.count == 1 else {
            throw PostgresError(.decoding, "wanted 1 column, found \(columns.count)")
        }
        return try T(postgres: storage.cell(row: index, column: 0))
    }

    /// One column, by name.
    ///
    /// - Throws: `PostgresError` with code `decoding` if there is no such column, more than one, or another type.
    public func decode<T: PostgresDecodable>(_ column: String, as type: T.Type = T.self) throws(PostgresError) -> T {
        let positions = columns.indices.filter { columns[$0].name == column }
        guard let position = positions.first, positions.count == 1 else {
            var error = PostgresError(.decoding, "\(positions.count) columns are named \"\(column)\"")
            error.column = column
            throw error
        }
        return try T(postgres: storage.cell(row: index, column: position))
    }
}

/// Records: `struct Job: Decodable { let id: Int; let jobsetID: UUID; let labels: [String: String] }`.
///
/// Each property is read from the column of its name: `jobsetID` from `jobset_id`. Underscores and case don't matter.
///
/// - A `PostgresDecodable` reads itself, arrays and optionals of them included.
/// - Any other `Decodable` is read from the column's JSON (`jsonb`, `json`), or from its single value.
/// - A property without a column of its name is a record too, whose columns begin with its name: `tests: Counts` from
///   `tests_pass` and `tests_fail`. If it is optional, it is nil when all of these are NULL.
///
/// Every property needs its column, optional ones too. Dates in JSON are ISO 8601, or seconds since 1970.
extension PostgresRow {
    /// The row as a record.
    ///
    /// - Throws: `PostgresError` with code `decoding`: it names the column, the wanted type and the type that was found.
    @_disfavoredOverload  // What reads itself from a column is a column, even if it is Decodable.
    public func decode<Record: Decodable>(_ type: Record.Type) throws -> Record {
        try RowDecoder(storage, of: type).decode(type, row: index)
    }
}

extension PostgresRows {
    /// All rows as records. Each property's column is looked for once.
    ///
    /// - Throws: `PostgresError` with code `decoding`: it names the column, the wanted type and the type that was found.
    @_disfavoredOverload
    public func decode<Record: Decodable>(_ type: Record.Type) throws -> [Record] {
        let decoder = RowDecoder(storage, of: type)
        var records: [Record] = []
        records.reserveCapacity(count)
        for row in 0..<count { records.append(try decoder.decode(type, row: row)) }
        return records
    }

    /// The only column of all rows.
    ///
    /// - Throws: `PostgresError` with code `decoding` if there are more, or it is of another type.
    public func decode<T: PostgresDecodable>(_ type: T.Type) throws(PostgresError) -> [T] {
        var values: [T] = []
        values.reserveCapacity(count)
        for row in self { values.append(try row.decode(type)) }
        return values
    }
}

/// A column of a result.
public struct PostgresColumn: Hashable, Sendable {
    /// Its name, as the statement gave it.
    public let name: String
    /// Its type, as the server gave it.
    public let type: PostgresType
}

/// All values of a result in one block, copied out of libpq's memory before that is freed.
struct RowStorage: Sendable {
    let columns: [PostgresColumn]
    private var bytes: [UInt8] = []
    /// Where each value ends; one that is NULL ends where it begins and is marked so.
    private var ends: [Int] = []
    private var nulls: [Bool] = []

    init(columns: [PostgresColumn]) {
        self.columns = columns
    }

    mutating func reserve(rows: Int) {
        let (values, overflow) = rows.multipliedReportingOverflow(by: columns.count)
        guard !overflow else { return }
        ends.reserveCapacity(values)
        nulls.reserveCapacity(values)
    }

    mutating func append(_ value: UnsafeRawBufferPointer) {
        unsafe bytes.append(contentsOf: value)
        ends.append(bytes.count)
        nulls.append(false)
    }

    mutating func appendNull() {
        ends.append(bytes.count)
        nulls.append(true)
    }

    func isNull(row: Int, column: Int) -> Bool { nulls[row * columns.count + column] }

    func cell(row: Int, column: Int) -> PostgresCell {
        let index = row * columns.count + column
        let start = index == 0 ? 0 : ends[index - 1]
        let text = nulls[index] ? nil : String(decoding: bytes[start..<ends[index]], as: UTF8.self)
        return PostgresCell(column: columns[column].name, type: columns[column].type, text: text)
    }
}
