// SPDX-License-Identifier: Apache-2.0

import Fleet

/// One thing that is wrong in a file, and on which line.
struct PlacedFault: Sendable, Equatable, CustomStringConvertible {
    let fault: Fault
    /// The line of the job; nil for what is wrong with the document itself.
    let line: Int?

    /// A fault in a chunk's message: told as the place in the whole file.
    init(_ fault: Fault, in chunk: Chunk) {
        let parts = fault.pointer.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        guard parts.first == "jobs", parts.count > 1, let number = Int(parts[1]), chunk.lines.indices.contains(number)
        else {
            self.init(fault)
            return
        }
        let pointer = "/jobs/\(chunk.first + number)" + (parts.count > 2 ? "/\(parts[2])" : "")
        self.init(
            Fault(pointer: pointer, value: fault.value, reason: fault.reason),
            line: chunk.lines[number]
        )
    }

    /// A fault as it is.
    init(_ fault: Fault, line: Int? = nil) {
        self.fault = fault
        self.line = line
    }

    var description: String { line.map { "\(fault) (line \($0))" } ?? fault.description }
}
