// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// Which jobset a file's chunks go to, and under which ids.
struct ChunkTarget: Sendable, Equatable {
    /// The jobset.
    let jobset: UUID
    /// The id under which the jobset's document is sent: over a server, the jobset's own follows from it.
    let key: UUID
    /// What all chunks of the file are known by.
    let base: UUID
    /// The jobset's document without its jobs, which goes first and makes it; nil when it is there.
    let head: [UInt8]?
    /// How many jobs the jobset is to have, where that is told by a message of its own.
    let declaredTotal: Int?
    /// Whether nobody else adds to it: then it has no additions but the file's.
    let isAlone: Bool
    /// Whether the jobset's id follows from the file: then whatever is in it is the file's.
    let isNamedByContent: Bool

    /// A jobset that is made of the file. Unless the file itself leaves it open, it is sealed by its last job.
    ///
    /// - Parameter isKeyed: Whether `id` is a key, from which the jobset's id follows. The id that follows from the
    ///   content does so in any case, so that it is the same whichever way the file goes.
    init(newJobset plan: ChunkPlan, id: UUID?, isKeyed: Bool = false) {
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
    init(addingTo jobset: UUID, _ plan: ChunkPlan, id: UUID?, declaredTotal: Int?) {
        self.jobset = jobset
        key = jobset
        base = id ?? ContentID.additions(to: jobset, plan)
        head = nil
        self.declaredTotal = declaredTotal
        isAlone = false
        isNamedByContent = false
    }

    /// The id of a chunk's message.
    func id(of chunk: PlannedChunk) -> UUID { ContentID.chunk(chunk, of: base) }
}
