// SPDX-License-Identifier: Apache-2.0

import Fleet

/// What a step answers: the same from the model and from the store.
struct LifeOutcome: Sendable, Equatable {
    var answer: LifeAnswer = .nothing
    /// What this very step has finished.
    var finished: [EndName] = []
}

/// What a step says of itself.
enum LifeAnswer: Sendable, Equatable {
    case nothing
    case accepted(total: Int)
    /// The same document or addition as before, to a jobset that is as it is now.
    case again(total: Int, isSealed: Bool?, end: EndName?)
    case added(total: Int, isSealed: Bool)
    case conflict
    case sealed(wasSealed: Bool, total: Int)
    case forgotten([Int])
    case claimed(attempt: AttemptName, isDoubtful: Bool, isCanceled: Bool)
    case held
    case notWaiting
    /// Whether the attempt was still the submitter's.
    case own(Bool)
    case observed(Bool)
    case canceled(endedNow: Int, inLab: Int, inDoubt: Int)
    case expired(jobset: Int, jobs: Int, isPartial: Bool)
    case changed(isCanceled: Bool)
    case retried(generation: Int, jobs: Int)
    case refused(LifeRefusal)
}

/// Why a step is refused.
enum LifeRefusal: Sendable, Equatable {
    case notFound
    case finished(Verdict)
    case sealed(Sealer)
    case beyondTotal(declared: Int, would: Int)
    case otherTotal(declared: Int, known: Int)
    case noSuchJob(Int)
    case jobFinished(Int, JobOutcome)
    case stillRunning(pending: Int)
    case nothingFailed
    case reportPending
}

/// Who sealed a jobset.
enum Sealer: String, Sendable {
    case owner, sweep, cancellation, deadline
}
