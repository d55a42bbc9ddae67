// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation

/// Which jobset a file's chunks go to, and under which ids.
package struct ChunkTarget: Sendable, Equatable {
    package let jobset: UUID
    /// The id under which the jobset's document is sent: over a server, the jobset's own follows from it.
    package let key: UUID
    /// What all chunks of the file are known by.
    package let base: UUID
    /// The jobset's document without its jobs, which goes first and makes it; nil when it is there.
    package let head: [UInt8]?
    /// How many jobs the jobset is to have, where that is told by a message of its own.
    package let declaredTotal: Int?
    /// Whether nobody else adds to it: then it has no additions but the file's.
    package let isAlone: Bool
    /// Whether the jobset's id follows from the file: then whatever is in it is the file's.
    package let isNamedByContent: Bool

    /// A jobset that is made of the file. Unless the file itself leaves it open, it is sealed by its last job.
    ///
    /// - Parameter isKeyed: Whether `id` is a key, from which the jobset's id follows. The id that follows from the
    ///   content does so in any case, so that it is the same whichever way the file goes.
    package init(newJobset plan: ChunkPlan, id: UUID?, isKeyed: Bool = false) {
        let own = id ?? ContentID.jobset(plan)
        let keyed = plan.build.map { KeyedID.jobset(in: $0, key: own.text) }
        jobset = (id == nil || isKeyed ? keyed : nil) ?? own
        key = isKeyed ? own : jobset
        base = ContentID.additions(to: jobset, plan)
        head = MessageText.jobset(plan.members, jobs: [], declaredTotal: plan.isOpen ? nil : plan.total)
        declaredTotal = nil
        isAlone = !plan.isOpen
        isNamedByContent = id == nil
    }

    /// A jobset that is there and gets the file's jobs.
    package init(addingTo jobset: UUID, _ plan: ChunkPlan, id: UUID?, declaredTotal: Int?) {
        self.jobset = jobset
        key = jobset
        base = id ?? ContentID.additions(to: jobset, plan)
        head = nil
        self.declaredTotal = declaredTotal
        isAlone = false
        isNamedByContent = false
    }

    /// The id of a chunk's message.
    package func id(of chunk: PlannedChunk) -> UUID { ContentID.chunk(chunk, of: base) }
}

extension ContentID {
    /// The id of a jobset that is sent in chunks: of its head and all its jobs, in whatever chunks they go.
    package static func jobset(_ plan: ChunkPlan) -> UUID {
        var id = ContentID("muster.file.1")
        for member in plan.members {
            id.add(member.keyText)
            id.add(member.value)
        }
        id.add(plan.digest)
        return id.id
    }

    /// The id of all that one command adds to a jobset.
    package static func additions(to jobset: UUID, _ plan: ChunkPlan) -> UUID {
        var id = ContentID("muster.additions.1")
        id.add(jobset)
        id.add(plan.digest)
        return id.id
    }

    /// The id of one chunk's message among those that `base` stands for.
    ///
    /// The first bears the name of them all: should the same file come again in other chunks, its first message is
    /// refused as a conflict before any job is in twice.
    package static func chunk(_ chunk: PlannedChunk, of base: UUID) -> UUID {
        guard chunk.index > 0 else { return base }
        var id = ContentID("muster.chunk.1")
        id.add(base)
        id.add(chunk.first)
        id.add(chunk.digest)
        return id.id
    }

    /// The id of the declaration of a total.
    package static func declaration(of total: Int, for jobset: UUID) -> UUID {
        var id = ContentID("muster.total.1")
        id.add(jobset)
        id.add(total)
        return id.id
    }
}
