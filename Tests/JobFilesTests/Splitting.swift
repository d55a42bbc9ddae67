// SPDX-License-Identifier: Apache-2.0

import Foundation
import YAML

@testable import JobFiles

/// A text that the splitter has gone through.
struct Splitting: Equatable {
    var jobs: [String] = []
    var lines: [Int] = []
    var members: [String: String] = [:]
    var isLines = false

    /// Splits a text that comes in blocks of this size.
    init(_ text: String, blocks: Int = .max, maximumBytes: Int = 1 << 20) throws {
        try self.init(bytes: Array(text.utf8), blocks: blocks, maximumBytes: maximumBytes)
    }

    /// Splits bytes that come in blocks of this size.
    init(bytes: [UInt8], blocks: Int = .max, maximumBytes: Int = 1 << 20) throws {
        var splitter = JobSplitter(maximumBytes: maximumBytes) { offset in
            Array(bytes[offset..<(offset + min(blocks, bytes.count - offset))])
        }
        while let job = try splitter.next() {
            jobs.append(String(decoding: job.text, as: UTF8.self))
            lines.append(job.place.line)
        }
        isLines = splitter.isLines
        for member in splitter.members { members[member.key] = String(decoding: member.value, as: UTF8.self) }
    }
}
