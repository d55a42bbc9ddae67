// SPDX-License-Identifier: Apache-2.0

import Fleet
import JobFiles

/// Whether a file goes to ingest in one message, as it is, or in many.
enum SubmissionSize: Equatable {
    /// In one message: this one. Ingest is the judge of it.
    case whole([UInt8])
    /// In chunks.
    case chunks

    /// The names' endings of JSON lines.
    private static let lineEndings = [".jsonl", ".ndjson"]

    /// What a file needs.
    ///
    /// - Throws: ``CommandFailure`` when it can't be read.
    static func of(_ file: JobFile, _ limits: DocumentLimits) throws -> SubmissionSize {
        guard file.size <= limits.maximumDocumentBytes, !lineEndings.contains(where: file.name.hasSuffix) else {
            return .chunks
        }
        var reader = JobReader(file, firstLine: .head, maximumBytes: limits.maximumDocumentBytes)
        var jobs = 0
        do {
            while try reader.next() != nil { jobs += 1 }
        } catch is BrokenJobFile {
            // Ingest says what is wrong with it, and keeps it to be looked at.
            return .whole(try file.all())
        }
        return reader.isLines || jobs > limits.maximumJobs ? .chunks : .whole(try file.all())
    }
}
