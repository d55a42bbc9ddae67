// SPDX-License-Identifier: Apache-2.0

internal import CLibPQ

/// Owns one `PGresult`, which is freed exactly once, when this goes. What is read from it is copied at once.
@safe struct RawResult: ~Copyable {
    enum Status {
        case rows
        case done
        case failed
        case copyIn
        case copyOut
    }

    private let handle: OpaquePointer

    init(adopting handle: OpaquePointer) {
        unsafe self.handle = unsafe handle
    }

    deinit {
        unsafe PQclear(handle)
    }

    var status: Status {
        switch unsafe PQresultStatus(handle) {
        case PGRES_TUPLES_OK: .rows
        case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: .done
        case PGRES_COPY_IN: .copyIn
        case PGRES_COPY_OUT, PGRES_COPY_BOTH: .copyOut
        default: .failed
        }
    }

    /// What the server calls what it did: `COMMIT`, `INSERT 0 3`.
    var commandTag: String {
        unsafe PQcmdStatus(handle).map { unsafe String(cString: $0) } ?? ""
    }

    /// Rows written, or for a query the rows it returned; 0 for statements that touch none.
    var affectedRows: Int {
        unsafe PQcmdTuples(handle).flatMap { unsafe Int(String(cString: $0)) } ?? 0
    }

    /// Every row and column, copied.
    func rows() -> PostgresRows {
        let columnCount = unsafe PQnfields(handle)
        let rowCount = unsafe PQntuples(handle)
        var columns: [PostgresColumn] = []
        for index in 0..<max(columnCount, 0) {
            let name = unsafe PQfname(handle, index).map { unsafe String(cString: $0) } ?? ""
            let type = unsafe PostgresType(oid: PQftype(handle, index))
            columns.append(PostgresColumn(name: name, type: type))
        }
        var storage = RowStorage(columns: columns)
        storage.reserve(rows: Int(max(rowCount, 0)))
        for row in 0..<max(rowCount, 0) {
            for column in 0..<max(columnCount, 0) {
                if unsafe PQgetisnull(handle, row, column) == 1 {
                    storage.appendNull()
                } else if let value = unsafe PQgetvalue(handle, row, column) {
                    let length = unsafe max(0, Int(PQgetlength(handle, row, column)))
                    unsafe storage.append(UnsafeRawBufferPointer(start: value, count: length))
                } else {
                    storage.appendNull()
                }
            }
        }
        return PostgresRows(storage: storage, count: Int(max(rowCount, 0)))
    }

    /// The server's error, or libpq's where the server did not speak.
    func error() -> PostgresError {
        let message = field(clibpq_diag_message)
        var error = PostgresError(.server, message ?? libraryMessage())
        error.sqlState = field(clibpq_diag_sqlstate).map(PostgresSQLState.init(rawValue:))
        error.severity = field(clibpq_diag_severity)
        error.detail = field(clibpq_diag_detail)
        error.hint = field(clibpq_diag_hint)
        error.position = field(clibpq_diag_position).flatMap { Int($0) }
        error.table = field(clibpq_diag_table)
        error.column = field(clibpq_diag_column)
        error.constraint = field(clibpq_diag_constraint)
        error.serverFunction = field(clibpq_diag_function)
        // Without a SQLSTATE it was libpq that spoke: the connection broke or the stream made no sense.
        if error.sqlState == nil { error.code = .connection }
        return error
    }

    private func libraryMessage() -> String {
        let text = unsafe PQresultErrorMessage(handle).map { unsafe String(cString: $0) } ?? ""
        return text.trimmedLines()
    }

    private func field(_ code: Int32) -> String? {
        unsafe PQresultErrorField(handle, code).map { unsafe String(cString: $0) }
    }
}

extension String {
    /// libpq ends its messages with a newline, and wraps some.
    func trimmedLines() -> String {
        split(whereSeparator: \.isNewline).map { $0.drop(while: { $0 == " " || $0 == "\t" }) }.joined(separator: " ")
    }
}
