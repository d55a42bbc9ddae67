// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// `application/x-www-form-urlencoded`, as the URL Standard reads it.
enum URLEncodedForm {
    /// The most fields: a page lists 100 jobs that can be ticked.
    static let maximumFields = 120

    /// The fields of these names in their order; of one that is not UTF-8 nothing is told.
    ///
    /// It goes from field to field and copies nothing of those that nobody asks for.
    ///
    /// - Throws: ``Refusal`` for more than ``maximumFields``, or a value of more than `maximumBytes`.
    static func fields(
        of body: [UInt8],
        named names: Set<String>,
        maximumBytes: Int = .max
    ) throws(Refusal) -> [(name: String, value: String?)] {
        let longest = names.map(\.utf8.count).max() ?? 0
        var fields: [(name: String, value: String?)] = []
        var count = 0
        var place = body.startIndex
        while place < body.endIndex {
            let end = index(of: UInt8(ascii: "&"), in: body, place..<body.endIndex)
            defer { place = end + 1 }
            guard end > place else { continue }
            count += 1
            guard count <= maximumFields else {
                throw .badRequest([Fault(pointer: "", reason: "has more than \(maximumFields) fields")])
            }
            let equals = index(of: UInt8(ascii: "="), in: body, place..<end)
            // Three bytes stand for one at most.
            guard equals - place <= 3 * longest, let name = decoded(body[place..<equals]), names.contains(name) else {
                continue
            }
            let value = body[equals..<end].dropFirst()
            let isShort = value.count <= maximumBytes || value.count - 2 * escapes(in: value) <= maximumBytes
            guard isShort else {
                throw .badRequest([Fault(pointer: name, reason: "has more than \(maximumBytes) bytes")])
            }
            fields.append((name, decoded(value)))
        }
        return fields
    }

    /// The first place of a byte, or the end.
    private static func index(of byte: UInt8, in body: [UInt8], _ range: Range<Int>) -> Int {
        body.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress, let found = memchr(start + range.lowerBound, Int32(byte), range.count)
            else { return range.upperBound }
            return start.distance(to: UnsafeRawPointer(found))
        }
    }

    /// How many bytes may be escaped, each of which takes three.
    private static func escapes(in text: ArraySlice<UInt8>) -> Int {
        text.withUnsafeBufferPointer { bytes in
            var count = 0
            for index in 0..<bytes.count where bytes[index] == UInt8(ascii: "%") { count += 1 }
            return count
        }
    }

    private static func decoded(_ text: ArraySlice<UInt8>) -> String? {
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count) { output, count in
            // By pointer, which is quick in debug builds too: a definition may have megabytes.
            text.withUnsafeBufferPointer { input in
                var place = 0
                while place < input.count {
                    let byte = input[place]
                    place += 1
                    if byte == UInt8(ascii: "%"), input.count - place >= 2, let high = digit(input[place]),
                        let low = digit(input[place + 1])
                    {
                        output[count] = high << 4 | low
                        place += 2
                    } else {
                        output[count] = byte == UInt8(ascii: "+") ? 0x20 : byte
                    }
                    count += 1
                }
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
