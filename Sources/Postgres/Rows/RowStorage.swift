// SPDX-License-Identifier: Apache-2.0

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
