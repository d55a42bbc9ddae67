// SPDX-License-Identifier: Apache-2.0

import Fleet

/// The rules of a jobset's life, without a database: what each event does to jobsets, jobs, attempts, lab jobs and
/// deliveries, and what it answers.
///
/// It is written from `docs/architecture.md` and the decisions, and is as plain as can be: no locks, no repeats of
/// transactions, no batches but where a rule names them. The store has to do the same whatever the order of events.
struct LifeModel: Sendable {
    /// By number.
    var jobsets: [Int: ModelJobset] = [:]
    /// How many deadlines have come so far: the earliest is taken first.
    var deadlinesReached = 0
    /// A rule that is wrong on purpose.
    let mistake: LifeMistake?

    init(mistake: LifeMistake? = nil) {
        self.mistake = mistake
    }

    mutating func apply(_ step: LifeStep) -> LifeOutcome {
        switch step {
        case .accept(let jobset, let document): accept(jobset, document)
        case .add(let jobset, let addition): add(addition, to: jobset)
        case .seal(let jobset): seal(jobset)
        case .sealForgotten(let jobset): sealForgotten(jobset)
        case .claim(let job, let claimant): claim(job, by: claimant)
        case .endLease(let job): endLease(job)
        case .renew(let attempt, let claimant): renew(attempt, by: claimant)
        case .release(let attempt, let claimant, let isDoubtful): release(attempt, by: claimant, isDoubtful: isDoubtful)
        case .postpone(let attempt, let claimant): postpone(attempt, by: claimant)
        case .record(let attempt): record(attempt)
        case .recordAnother(let attempt): recordAnother(attempt)
        case .look(let attempt, let isShown): look(for: attempt, isShown: isShown)
        case .endClaimed(let attempt, let claimant, let outcome): endClaimed(attempt, by: claimant, outcome)
        case .observe(let labJob, let health): observe(labJob, health: health)
        case .fetch(let ends): fetch(ends)
        case .finish(let ends): finish(ends)
        case .missing(let labJob): missing(labJob)
        case .cancelJobset(let jobset): cancelJobset(jobset)
        case .cancelJobs(let jobset, let positions): cancelJobs(of: jobset, positions)
        case .endUnconfirmed(let jobset): endUnconfirmed(jobset)
        case .reachDeadline(let jobset): reachDeadline(jobset)
        case .passDeadline(let batch): passDeadline(batch: batch)
        case .change(let jobset, let change): self.change(jobset, change)
        case .makeReport(let jobset): makeReport(jobset)
        case .makeBodies(let jobset): makeBodies(jobset)
        case .retry(let jobset, let selection): retry(jobset, selection)
        // Nothing is ever missed.
        case .finishMissed: LifeOutcome()
        }
    }
}

/// A jobset in the model.
struct ModelJobset: Sendable {
    enum Deadline: Sendable, Equatable {
        case none
        case ahead
        /// The so-manieth that came.
        case reached(Int)
    }

    let document: LifeDocument
    var jobs: [ModelJob] = []
    /// What it counts; what its jobs say has to be the same.
    var pending = 0
    var failures = 0
    var generation = 1
    /// While it runs there is none.
    var verdict: Verdict?
    /// Of an open one, nobody.
    var sealer: Sealer?
    var declaredTotal: Int?
    var maxFailures: FailureLimit?
    var priority = JobsetDocument.defaultPriority
    var hasTimeout = false
    var deadline = Deadline.none
    var isDeadlinePassed = false
    var isCanceled = false
    var additions: [Int: LifeAddition] = [:]
    /// Whether the report is stored, or the callback's body is made.
    var deliveries: [DeliveryName: Bool] = [:]
    /// The verdicts of earlier generations.
    var ends: [Int: Verdict] = [:]

    var isRunning: Bool { verdict == nil }
    var unfinished: [Int] { jobs.indices.filter { jobs[$0].state != .finished } }
    /// How many jobs it will have had, once that is known.
    var knownTotal: Int? { sealer != nil ? jobs.count : declaredTotal }
}

/// What is delivered of a jobset.
struct DeliveryName: Hashable, Sendable {
    let generation: Int
    let event: JobsetEvent
    /// `report` or `callback`.
    let kind: String
}

/// A job in the model.
struct ModelJob: Sendable {
    var state = JobState.waiting
    var generation = 1
    var outcome: JobOutcome?
    var passes = 0
    var fails = 0
    var isCancelRequested = false
    /// By number, from 1.
    var attempts: [ModelAttempt] = []
    /// How it ended in earlier generations.
    var ends: [Int: JobOutcome] = [:]

    /// Whether it keeps its jobset from passing.
    var isImperfect: Bool { outcome.map { $0 != .complete || fails > 0 } ?? false }
    /// The same, though nobody canceled it.
    var isFailure: Bool { isImperfect && outcome != .canceled }
}

/// An attempt in the model.
struct ModelAttempt: Sendable {
    enum State: String, Sendable { case submitting, submitted, ended }

    let generation: Int
    var state = State.submitting
    var outcome: JobOutcome?
    var holder: Int?
    var isLeased = false
    /// Whether a request may have reached the lab.
    var isDoubtful = false
    /// Whether one ever may have, and nobody saw the answer.
    var wasDoubted = false
    /// Whether the lab is to be asked once more for what it made of it.
    var isSought = false
    /// How many lab jobs it has too many.
    var surplus = 0
    /// By member.
    var labJobs: [ModelLabJob] = []
}

/// A lab job in the model.
struct ModelLabJob: Sendable {
    enum State: String, Sendable { case submitted, finished, fetched }

    var state = State.submitted
    var health: String?
    /// The lab did not know it when it was last asked.
    var isMissing = false
    var end = LabJobEnd()
}
