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
