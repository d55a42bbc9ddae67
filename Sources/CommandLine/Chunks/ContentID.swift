// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation

/// Ids that follow from content: the same command on the same file sends the same messages, so whatever of them is in
/// already is not taken in twice.
struct ContentID {
    private var hash = SHA256()

    /// An id for this purpose.
    init(_ purpose: String) {
        add(Array(purpose.utf8))
    }

    /// Takes bytes into account, behind their length, so that no two lists run together into the same text.
    mutating func add(_ bytes: [UInt8]) {
        withUnsafeBytes(of: UInt64(bytes.count).bigEndian) { hash.update(bufferPointer: $0) }
        hash.update(data: bytes)
    }

    /// Takes an id into account.
    mutating func add(_ id: UUID) { add(Array(id.text.utf8)) }

    /// Takes a number into account.
    mutating func add(_ number: Int) { add(Array("\(number)".utf8)) }

    /// A version 8 UUID (RFC 9562, section 5.8) of all of that.
    var id: UUID {
        var bytes = Array(hash.finalize().prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

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
