// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

extension ContentID {
    /// The id of a jobset that is sent in chunks: of its head and all its jobs, in whatever chunks they go.
    static func jobset(_ plan: ChunkPlan) -> UUID {
        var id = ContentID("muster.file.1")
        for member in plan.members {
            id.add(member.keyText)
            id.add(member.value)
        }
        id.add(plan.digest)
        return id.id
    }

    /// The id of all that one command adds to a jobset.
    static func additions(to jobset: UUID, _ plan: ChunkPlan) -> UUID {
        var id = ContentID("muster.additions.1")
        id.add(jobset)
        id.add(plan.digest)
        return id.id
    }

    /// The id of one chunk's message among those that `base` stands for.
    ///
    /// The first bears the name of them all: should the same file come again in other chunks, its first message is
    /// refused as a conflict before any job is in twice.
    static func chunk(_ chunk: PlannedChunk, of base: UUID) -> UUID {
        guard chunk.index > 0 else { return base }
        var id = ContentID("muster.chunk.1")
        id.add(base)
        id.add(chunk.first)
        id.add(chunk.digest)
        return id.id
    }

    /// The id of the declaration of a total.
    static func declaration(of total: Int, for jobset: UUID) -> UUID {
        var id = ContentID("muster.total.1")
        id.add(jobset)
        id.add(total)
        return id.id
    }
}
