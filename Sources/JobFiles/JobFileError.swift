// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// Why a file of jobs can't be sent. Files have the names that a person gave them.
package enum JobFileError: Error, Equatable {
    /// There is no such file.
    case missing(String)
    /// There is one, but the system doesn't let it be read.
    case unreadable(String)
    /// What comes through a pipe is larger than the folder for temporary files, or than any file may be.
    case noRoom(String, folder: String)
    /// It has more jobs than a jobset may have.
    case tooManyJobs(String, limit: Int)
    /// It would take too many messages.
    case tooManyChunks(String)
    /// These things are wrong in it, and so many more that are not listed.
    case faulty(String, [PlacedFault], unlisted: Int)

    /// It in words, a line each.
    package var lines: [String] {
        switch self {
        case .missing(let name): ["there is no file \(name)"]
        case .unreadable(let name): ["\(name) can't be read"]
        case .noRoom(let name, let folder): ["there is no room for \(name) in \(folder)"]
        case .tooManyJobs(let name, let limit):
            ["\(name) has more than \(limit) jobs, which is all that a jobset may have"]
        case .tooManyChunks(let name):
            [
                "\(name) would be sent in more than \(ChunkLimits.maximumChunks) chunks",
                "  give more jobs to each with --chunk-jobs",
            ]
        case .faulty(let name, let faults, let unlisted): Self.lines(name, faults, unlisted: unlisted)
        }
    }

    private static func lines(_ name: String, _ faults: [PlacedFault], unlisted: Int) -> [String] {
        let count = faults.count + unlisted
        let lines = faults.map { "  \(HarmlessText.line($0.description))" }
        let rest = unlisted == 0 ? [] : ["  and \(unlisted) more"]
        let errors = count == 1 ? "1 error" : "\(count) errors"
        return ["\(name) can't be sent: \(errors)"] + lines + rest + ["nothing was sent"]
    }
}

/// One thing that is wrong in a file, and on which line.
package struct PlacedFault: Sendable, Equatable, CustomStringConvertible {
    package let fault: Fault
    /// The line of the job; nil for what is wrong with the document itself.
    package let line: Int?

    /// A fault in a chunk's message: told as the place in the whole file.
    package init(_ fault: Fault, in chunk: Chunk) {
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
    package init(_ fault: Fault, line: Int? = nil) {
        self.fault = fault
        self.line = line
    }

    package var description: String { line.map { "\(fault) (line \($0))" } ?? fault.description }
}
