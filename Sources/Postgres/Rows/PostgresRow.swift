// SPDX-License-Identifier: Apache-2.0

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
