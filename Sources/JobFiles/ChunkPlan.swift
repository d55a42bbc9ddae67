// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation

/// What is known of a chunk before it is read again to be sent.
package struct PlannedChunk: Sendable, Equatable {
    /// Which of the file's chunks it is, from 0.
    package let index: Int
    /// The place of its first job in the file, from 0.
    package let first: Int
    /// How many jobs it has.
    package let count: Int
    /// 32 bytes of SHA-256 over its jobs.
    package let digest: [UInt8]

    /// Whether this is what was planned: the file may have been changed since.
    package func isSame(as chunk: Chunk) -> Bool {
        index == chunk.index && first == chunk.first && count == chunk.count && digest == chunk.digest
    }
}

/// A whole file as it will be sent, once it has been read through and nothing was found wrong.
package struct ChunkPlan: Sendable, Equatable {
    /// What stands in the document besides its jobs.
    package let members: [SplitMember]
    /// What is sent, in this order.
    package let chunks: [PlannedChunk]
    /// 32 bytes of SHA-256 over all jobs, in whatever chunks they go.
    package let digest: [UInt8]

    /// A file with nothing in it.
    package static let nothing = ChunkPlan(members: [], chunks: [], digest: [])

    /// How many jobs the file has.
    package var total: Int { chunks.last.map { $0.first + $0.count } ?? 0 }

    /// What its jobs test.
    package var build: Build? {
        members.first { $0.key == "build" }
            .flatMap { try? JSONDecoder().decode(String.self, from: Data($0.value)) }
            .flatMap { Build($0) }
    }

    /// Whether the file itself says that its jobset stays open.
    package var isOpen: Bool { members.contains { $0.key == "open" && $0.value.elementsEqual("true".utf8) } }
}
