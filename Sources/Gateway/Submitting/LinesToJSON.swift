// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import YAML

/// JSON lines as one document: the first line is the jobset without its jobs, every other one a job.
///
/// It goes from line to line and moves each to its place in the document, which is hardly longer than the lines: a second
/// text of that size would be as much memory again. It looks for line breaks only: whoever reads the document
/// finds out whether the lines are JSON. Each keeps its number and its columns, so that what is found wrong in the
/// document is named by its place in the lines.
enum LinesToJSON {
    private static let jobs = Array("\"jobs\":[".utf8)
    private static let closing = Array("]}".utf8)

    /// How much longer than its lines a document can be, in bytes: ``jobs``, ``closing``, and a comma for each job.
    static func growth(maximumJobs: Int) -> Int {
        let (sum, isTooMuch) = maximumJobs.addingReportingOverflow(jobs.count + closing.count + 2)
        return isTooMuch ? .max : sum
    }

    /// The document.
    ///
    /// - Parameters:
    ///   - maximumJobs: How many jobs there may be.
    ///   - check: Is called now and then, and may end it by throwing.
    /// - Throws: ``DocumentFaults`` when the first line is no object, or too many follow; what `check` throws. All else is
    ///   found by whoever reads the document.
    static func convert(
        _ lines: consuming [UInt8],
        maximumJobs: Int = .max,
        check: () throws -> Void = {}
    ) throws -> [UInt8] {
        var text = consume lines
        let gap = min(growth(maximumJobs: maximumJobs), growth(maximumJobs: lineBreaks(in: text)))
        var place = ByteOrderMark.count(before: text) + gap
        text.insert(contentsOf: repeatElement(0x20, count: gap), at: 0)
        var written = 0
        var count = 0
        var breaks = 0
        while place < text.endIndex {
            let end = endOfLine(in: text, from: place)
            // What stands before it on its line moves with it: it keeps its column.
            let line = place..<trimmed(text, place..<end).upperBound
            let start = trimmed(text, line).lowerBound
            place = end + 1
            defer { breaks += 1 }
            guard start < line.upperBound else { continue }
            if count > maximumJobs { throw tooManyJobs(maximumJobs) }
            if count > 1 { put(repeatElement(UInt8(ascii: ","), count: 1), into: &text, &written) }
            put(repeatElement(0x0A, count: breaks), into: &text, &written)
            breaks = 0
            if count == 0 {
                try begin(&text, with: line, from: start, &written)
            } else {
                move(line, in: &text, &written)
            }
            count += 1
            if count % 1_000 == 0 { try check() }
        }
        guard count > 0 else { throw noHead }
        text.removeSubrange(written...)
        text += closing
        return text
    }

    /// The head without its last brace, and the beginning of the jobs.
    private static func begin(
        _ text: inout [UInt8],
        with line: Range<Int>,
        from start: Int,
        _ written: inout Int
    ) throws(DocumentFaults) {
        let head = start..<line.upperBound
        guard head.count > 1, text[head.lowerBound] == UInt8(ascii: "{"), text[head.upperBound - 1] == UInt8(ascii: "}")
        else { throw noHead }
        let isEmpty = text[head].dropFirst().dropLast().allSatisfy(isBlank)
        move(line.dropLast(), in: &text, &written)
        if !isEmpty { put([UInt8(ascii: ",")], into: &text, &written) }
        put(jobs, into: &text, &written)
    }

    /// Moves what stands at `range`, which is never before what is written.
    private static func move(_ range: Range<Int>, in text: inout [UInt8], _ written: inout Int) {
        text.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            memmove(start + written, start + range.lowerBound, range.count)
        }
        written += range.count
    }

    private static func put(_ bytes: some Sequence<UInt8>, into text: inout [UInt8], _ written: inout Int) {
        for byte in bytes {
            text[written] = byte
            written += 1
        }
    }

    private static func tooManyJobs(_ limit: Int) -> DocumentFaults {
        DocumentFaults(faults: [Fault(pointer: "/jobs", reason: "has more than \(limit) jobs, which is the limit")])
    }

    private static var noHead: DocumentFaults {
        let reason = "the first line must be a JSON object: the jobset without its jobs"
        return DocumentFaults(faults: [Fault(pointer: "", reason: reason)])
    }

    private static func lineBreaks(in text: [UInt8]) -> Int {
        text.withUnsafeBytes { buffer in
            guard var start = buffer.baseAddress else { return 0 }
            let end = start + buffer.count
            var count = 0
            while start < end, let found = memchr(start, 0x0A, start.distance(to: end)) {
                count += 1
                start = UnsafeRawPointer(found) + 1
            }
            return count
        }
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
