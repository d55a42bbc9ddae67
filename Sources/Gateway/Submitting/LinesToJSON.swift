// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import YAML

/// JSON lines as one document: the first line is the jobset without its jobs, every other one a job.
///
/// It goes from line to line and keeps nothing of them but the document.
enum LinesToJSON {
    /// The document.
    ///
    /// - Parameters:
    ///   - maximumJobs: How many jobs there may be.
    ///   - check: Is called now and then, and may end it by throwing.
    /// - Throws: ``DocumentFaults`` when the first line is no object, or too many follow; what `check` throws. All else is
    ///   found by whoever reads the document.
    static func convert(
        _ text: [UInt8],
        maximumJobs: Int = .max,
        check: () throws -> Void = {}
    ) throws -> [UInt8] {
        var document: [UInt8] = []
        document.reserveCapacity(text.count + 16)
        var lines = 0
        var place = ByteOrderMark.count(before: text)
        while place < text.endIndex {
            let end = endOfLine(in: text, from: place)
            let line = trimmed(text, place..<end)
            place = end + 1
            guard !line.isEmpty else { continue }
            if lines == 0 {
                try begin(&document, with: text[line])
            } else {
                guard lines <= maximumJobs else { throw tooManyJobs(maximumJobs) }
                if lines > 1 { document.append(UInt8(ascii: ",")) }
                document += text[line]
            }
            lines += 1
            if lines % 1_000 == 0 { try check() }
        }
        guard lines > 0 else { throw noHead }
        document += Array("]}".utf8)
        return document
    }

    private static func begin(_ document: inout [UInt8], with head: ArraySlice<UInt8>) throws(DocumentFaults) {
        guard head.first == UInt8(ascii: "{"), head.last == UInt8(ascii: "}"), head.count > 1 else { throw noHead }
        document += head.dropLast()
        let isEmpty = head.dropFirst().dropLast().allSatisfy(isBlank)
        document += Array((isEmpty ? "\"jobs\":[" : ",\"jobs\":[").utf8)
    }

    private static func tooManyJobs(_ limit: Int) -> DocumentFaults {
        DocumentFaults(faults: [Fault(pointer: "/jobs", reason: "has more than \(limit) jobs, which is the limit")])
    }

    private static var noHead: DocumentFaults {
        let reason = "the first line must be a JSON object: the jobset without its jobs"
        return DocumentFaults(faults: [Fault(pointer: "", reason: reason)])
    }

    private static func endOfLine(in text: [UInt8], from place: Int) -> Int {
        text.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress, let found = memchr(start + place, 0x0A, buffer.count - place) else {
                return buffer.count
            }
            return start.distance(to: UnsafeRawPointer(found))
        }
    }

    private static func trimmed(_ text: [UInt8], _ line: Range<Int>) -> Range<Int> {
        var (start, end) = (line.lowerBound, line.upperBound)
        while start < end, isBlank(text[start]) { start += 1 }
        while end > start, isBlank(text[end - 1]) { end -= 1 }
        return start..<end
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
