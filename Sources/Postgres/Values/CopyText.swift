// SPDX-License-Identifier: Apache-2.0

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
