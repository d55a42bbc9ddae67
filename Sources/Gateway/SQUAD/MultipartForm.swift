// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// `multipart/form-data` (RFC 7578), fields and files alike.
struct MultipartForm {
    /// The fields in their order; of one that is not UTF-8 nothing is told.
    private(set) var fields: [(name: String, value: String?)] = []

    private let body: [UInt8]
    private var place = 0

    /// The most parts.
    static let maximumParts = 100
    /// The longest head of a part, in bytes.
    static let maximumHeadBytes = 8 << 10
    /// The longest boundary, in bytes (RFC 2046, section 5.1.1).
    static let maximumBoundaryBytes = 70

    private static let lineEnd = Array("\r\n".utf8)

    /// Reads the fields of these names; `contentType` has the boundary.
    ///
    /// - Throws: ``Refusal`` for a body that is none.
    init(_ body: [UInt8], contentType: String, named names: Set<String>) throws(Refusal) {
        self.body = body
        guard let boundary = Self.parameter("boundary", of: contentType), !boundary.isEmpty,
            boundary.utf8.count <= Self.maximumBoundaryBytes
        else { throw Self.broken("has no boundary of at most \(Self.maximumBoundaryBytes) bytes") }
        let delimiter = Array("--\(boundary)".utf8)
        guard skip(past: delimiter) != nil else { throw Self.broken("has no part") }
        var parts = 0
        while !body[place...].starts(with: Array("--".utf8)) {
            parts += 1
            guard parts <= Self.maximumParts else { throw Self.broken("has more than \(Self.maximumParts) parts") }
            guard skip(past: Self.lineEnd) != nil else { throw Self.broken("ends within a part") }
            let name = try readHead()
            guard let content = skip(past: Self.lineEnd + delimiter) else { throw Self.broken("ends within a part") }
            if let name, names.contains(name) { fields.append((name, String(validating: content, as: UTF8.self))) }
        }
    }

    /// The name of the part that begins here; `nil` for a part without one.
    private mutating func readHead() throws(Refusal) -> String? {
        var name: String?
        var left = Self.maximumHeadBytes
        while true {
            guard let line = skip(past: Self.lineEnd), line.count < left else {
                throw Self.broken("has a part whose head is longer than \(Self.maximumHeadBytes) bytes, or has no end")
            }
            guard !line.isEmpty else { return name }
            left -= line.count
            let text = String(decoding: line, as: UTF8.self)
            if text.lowercased().hasPrefix("content-disposition:") { name = Self.parameter("name", of: text) }
        }
    }

    /// What stands before the next `mark`, and goes on behind it; `nil` where there is none.
    private mutating func skip(past mark: [UInt8]) -> ArraySlice<UInt8>? {
        guard let found = find(mark) else { return nil }
        defer { place = found + mark.count }
        return body[place..<found]
    }

    /// Where the next `mark` begins; by pointer, which is quick in debug builds too.
    private func find(_ mark: [UInt8]) -> Int? {
        body.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress, let first = mark.first else { return nil }
            var place = place
            while place + mark.count <= buffer.count {
                let rest = buffer.count - place - mark.count + 1
                guard let found = memchr(start + place, Int32(first), rest) else { return nil }
                if memcmp(found, mark, mark.count) == 0 { return start.distance(to: UnsafeRawPointer(found)) }
                place = start.distance(to: UnsafeRawPointer(found)) + 1
            }
            return nil
        }
    }

    /// A parameter of a header, with or without quotes.
    static func parameter(_ name: String, of header: String) -> String? {
        for part in header.split(separator: ";").dropFirst() {
            let pieces = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard pieces.count == 2, pieces[0].lowercased() == name else { continue }
            let isQuoted = pieces[1].count >= 2 && pieces[1].hasPrefix("\"") && pieces[1].hasSuffix("\"")
            return isQuoted ? String(pieces[1].dropFirst().dropLast()) : pieces[1]
        }
        return nil
    }

    private static func broken(_ reason: String) -> Refusal { .badRequest([Fault(pointer: "", reason: reason)]) }
}
