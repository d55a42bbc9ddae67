// SPDX-License-Identifier: Apache-2.0

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
