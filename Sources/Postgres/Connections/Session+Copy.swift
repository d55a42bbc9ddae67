// SPDX-License-Identifier: Apache-2.0

extension Session {
    /// The size of a piece of COPY data, and so what is held at a time.
    private static var pieceBytes: Int { 64 * 1024 }

    /// Streams rows in COPY's text format. A row that cannot be encoded makes the server discard all of them.
    func copyIn(
        table: String,
        columns: [String],
        rows: some Sequence<[any PostgresEncodable]>
    ) throws(PostgresError) -> Int {
        guard !columns.isEmpty else { throw PostgresError(.encoding, "COPY needs columns") }
        let target = table.split(separator: ".").map { PostgresStatement.quoted(String($0)) }.joined(separator: ".")
        let names = columns.map(PostgresStatement.quoted).joined(separator: ", ")
        let sql = "copy \(target) (\(names)) from stdin"
        let wait = cancelable
        return try cancelably { () throws(PostgresError) in
            try self.raw.sendScript(sql, wait)
            try self.expectCopy(wait)
            do throws(PostgresError) {
                try self.stream(rows, width: columns.count, wait)
            } catch {
                if self.raw.isBroken { throw error }
                try self.raw.endCopy(reason: "the rows could not be sent", wait)
                _ = try? self.finish(wait)
                throw error
            }
            try self.raw.endCopy(reason: nil, wait)
            return try self.finish(wait).affectedRows
        }
    }

    private func expectCopy(_ wait: ResponseWait) throws(PostgresError) {
        guard let result = try raw.nextResult(wait) else {
            throw PostgresError(.protocolViolation, "the server did not answer COPY")
        }
        if result.status == .copyIn { return }
        let failure = result.error()
        _ = try finish(wait)
        throw failure
    }

    private func stream(
        _ rows: some Sequence<[any PostgresEncodable]>,
        width: Int,
        _ wait: ResponseWait
    ) throws(PostgresError) {
        var piece: [UInt8] = []
        piece.reserveCapacity(Self.pieceBytes * 2)
        for row in rows {
            guard row.count == width else {
                throw PostgresError(.encoding, "a row for COPY has \(row.count) values for \(width) columns")
            }
            if cancel.isRequested { throw PostgresError(.canceled, "canceled during COPY") }
            try CopyText.append(row, to: &piece)
            if piece.count >= Self.pieceBytes {
                try raw.putCopy(piece, wait)
                piece.removeAll(keepingCapacity: true)
            }
        }
        if !piece.isEmpty { try raw.putCopy(piece, wait) }
    }
}

/// COPY's text format (PostgreSQL manual, COPY, "Text Format").
enum CopyText {
    static func append(_ row: [any PostgresEncodable], to bytes: inout [UInt8]) throws(PostgresError) {
        for (index, value) in row.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "\t")) }
            guard let text = try value.postgresText() else {
                bytes.append(contentsOf: "\\N".utf8)
                continue
            }
            if text.utf8.contains(where: isSpecial) {
                for byte in text.utf8 { try append(byte, to: &bytes) }
            } else {
                bytes.append(contentsOf: text.utf8)
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte < UInt8(ascii: " ") || byte == UInt8(ascii: "\\")
    }

    private static func append(_ byte: UInt8, to bytes: inout [UInt8]) throws(PostgresError) {
        switch byte {
        case 0: throw PostgresError(.encoding, "a text contains NUL, which PostgreSQL cannot store")
        case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
        case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
        case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
        case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
        default: bytes.append(byte)
        }
    }
}
