// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A jobset that was accepted.
package struct AcceptedJobset: Codable, Sendable, Equatable {
    package let id: UUID
    /// How many jobs it has.
    package let total: Int
    /// True where ingest has not answered yet: the document is safe in its queue.
    package let isQueued: Bool?

    package init(id: UUID, total: Int, isQueued: Bool = false) {
        self.id = id
        self.total = total
        self.isQueued = isQueued ? true : nil
    }
}

/// What an addition did.
package struct AddedJobs: Codable, Sendable, Equatable {
    /// The jobset's.
    package let id: UUID
    /// How many jobs came in by this.
    package let added: Int
    /// How many of them were in before.
    package let inBefore: Int
    /// How many jobs the jobset has.
    package let total: Int
    /// How many jobs it was declared to have.
    package let declaredTotal: Int?
    /// Whether nothing is added any more.
    package let isSealed: Bool
    /// True where ingest has not answered yet: the addition is safe in its queue, and not counted in `total`.
    package let isQueued: Bool?

    /// A jobset after an addition, and how many jobs it brought and how many were there.
    package init(_ jobset: Jobset, added: Int, skipped: Int, isQueued: Bool = false) {
        id = jobset.id
        self.added = added
        inBefore = skipped
        total = jobset.total
        declaredTotal = jobset.declaredTotal
        isSealed = jobset.isSealed
        self.isQueued = isQueued ? true : nil
    }
}

/// A message by which jobs came into a jobset.
package struct TakenMessage: Codable, Sendable, Equatable {
    /// The message's id, which is its idempotency key.
    package let id: UUID

    package init(_ id: UUID) { self.id = id }
}

/// A document that was refused, kept to be looked at.
package struct RejectedDocument: Sendable, Codable, Equatable {
    /// Its number in the list.
    package let id: Int
    /// The message's id, as the publisher gave it.
    package let messageID: String?
    /// When it came first.
    package let receivedAt: Date
    /// How often the very same came.
    package let times: Int
    /// How long it was, in bytes.
    package let bodyBytes: Int
    /// Everything that is wrong with it.
    package let problem: Problem
}
