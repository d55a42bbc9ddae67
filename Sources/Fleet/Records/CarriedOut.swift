// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What sealing a jobset did.
package struct Sealing: Sendable, Equatable {
    /// Whether it had been sealed before.
    package let wasSealed: Bool
    /// How many jobs it has.
    package let total: Int
    /// Whether this very call was the end of the jobset: nothing was left to wait for.
    package let isFinished: Bool

    /// One as given.
    package init(wasSealed: Bool, total: Int, isFinished: Bool) {
        self.wasSealed = wasSealed
        self.total = total
        self.isFinished = isFinished
    }
}

/// What sealing a jobset did.
package struct SealedJobset: Codable, Sendable, Equatable {
    package let id: UUID
    /// How many jobs it has.
    package let total: Int
    /// Whether it was sealed before.
    package let wasSealed: Bool
    /// Whether this was the end of the jobset.
    package let isFinished: Bool

    /// What was done to a jobset.
    package init(id: UUID, _ sealing: Sealing) {
        self.id = id
        total = sealing.total
        wasSealed = sealing.wasSealed
        isFinished = sealing.isFinished
    }
}

/// What a cancellation did at once, and what it still waits for.
package struct Cancellation: Sendable, Equatable {
    /// Jobs that no lab has, or that were only watched, which have ended by this very call.
    package let endedNow: Int
    /// Jobs that a lab has: it is told to cancel them, and they end when it says so, or after a limit.
    package let inLab: Int
    /// Jobs of which a lab may have heard: a submitter finds out, and then they end one way or the other.
    package let inDoubt: Int
    /// Whether this very call was the end of the jobset.
    package let isFinished: Bool

    /// One as given.
    package init(endedNow: Int, inLab: Int, inDoubt: Int, isFinished: Bool) {
        self.endedNow = endedNow
        self.inLab = inLab
        self.inDoubt = inDoubt
        self.isFinished = isFinished
    }
}

/// What a cancellation did.
package struct CanceledJobset: Codable, Sendable, Equatable {
    package let id: UUID
    /// How many jobs ended at once.
    package let endedNow: Int
    /// How many jobs a lab has.
    package let inLab: Int
    /// Of how many it is being found out whether a lab has them.
    package let inDoubt: Int
    /// Whether this was the end of the jobset.
    package let isFinished: Bool

    /// What was done to a jobset.
    package init(id: UUID, _ cancellation: Cancellation) {
        self.id = id
        endedNow = cancellation.endedNow
        inLab = cancellation.inLab
        inDoubt = cancellation.inDoubt
        isFinished = cancellation.isFinished
    }
}

/// A jobset's new generation.
package struct Retrial: Sendable, Equatable {
    package let generation: Int
    /// How many jobs are sent out again.
    package let jobs: Int

    /// One as given.
    package init(generation: Int, jobs: Int) {
        self.generation = generation
        self.jobs = jobs
    }
}

/// A jobset's new generation.
package struct RetriedJobset: Codable, Sendable, Equatable {
    package let id: UUID
    package let generation: Int
    /// How many jobs are sent out again.
    package let jobs: Int

    /// What was done to a jobset.
    package init(id: UUID, _ retrial: Retrial) {
        self.id = id
        generation = retrial.generation
        jobs = retrial.jobs
    }
}

/// What became of a report.
package struct ResultReceipt: Sendable, Equatable {
    package let jobset: UUID
    package let position: Int
    /// The attempt that it is of.
    package let attempt: Int
    /// Whether the same had been reported before.
    package let isRepeat: Bool

    package init(jobset: UUID, position: Int, attempt: Int, isRepeat: Bool) {
        self.jobset = jobset
        self.position = position
        self.attempt = attempt
        self.isRepeat = isRepeat
    }
}

/// What became of a reported result, as the API and the command tell of it.
package struct Receipt: Codable, Sendable, Equatable {
    package let jobset: UUID
    package let position: Int
    /// The attempt that it is of.
    package let attempt: Int
    /// Whether the same had been reported before.
    package let isRepeat: Bool

    package init(_ receipt: ResultReceipt) {
        jobset = receipt.jobset
        position = receipt.position
        attempt = receipt.attempt
        isRepeat = receipt.isRepeat
    }
}
