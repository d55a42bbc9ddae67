// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// How much of a large file one message carries.
package struct ChunkLimits: Sendable, Equatable {
    /// So many jobs at most.
    package let jobs: Int
    /// So many bytes of jobs at most, unless a single job has more.
    package let bytes: Int
    /// The most that any message may have, in bytes.
    package let messageBytes: Int

    /// The most jobs in a message unless somebody asks for another number.
    package static let usualJobs = 10_000
    /// The most bytes in a message.
    package static let usualBytes = 8 << 20
    /// What a message has besides its jobs, at most, in bytes.
    package static let frameBytes = 256
    /// The most messages that one file is sent in.
    package static let maximumChunks = 100_000

    /// Limits from parts that are known to be right.
    package init(jobs: Int, bytes: Int, messageBytes: Int = 64 << 20) {
        self.jobs = jobs
        self.bytes = bytes
        self.messageBytes = messageBytes
    }

    /// Limits well within those of ingest: a quarter of what it takes at most, so that several may be in hand there.
    package init(_ limits: DocumentLimits, wantedJobs: Int? = nil) {
        jobs = min(wantedJobs ?? min(Self.usualJobs, max(1, limits.maximumJobs / 4)), limits.maximumJobs)
        bytes = min(Self.usualBytes, max(1, limits.maximumDocumentBytes / 4))
        messageBytes = limits.maximumDocumentBytes
    }

    /// The longest single job, in bytes.
    package var jobBytes: Int { max(1, messageBytes - Self.frameBytes) }
}
