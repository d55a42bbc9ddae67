// SPDX-License-Identifier: Apache-2.0

import Fleet

/// What can happen to jobsets. Everything is called by name, so that a sequence keeps its meaning when steps are left
/// out of it: a step about something that is not there changes nothing.
enum LifeStep: Sendable, Equatable {
    case accept(Int, LifeDocument)
    case add(Int, LifeAddition)
    case seal(Int)
    /// Its last addition was long ago, and the sweep comes.
    case sealForgotten(Int)
    case claim(JobName, by: Int)
    /// The lease of its open attempt ends.
    case endLease(JobName)
    case renew(AttemptName, by: Int)
    case release(AttemptName, by: Int, isDoubtful: Bool)
    case postpone(AttemptName, by: Int)
    /// The lab has it.
    case record(AttemptName)
    /// The lab has it once more: a request was carried out late.
    case recordAnother(AttemptName)
    /// The lab is asked once more for what it made of it, and shows it or not.
    case look(AttemptName, isShown: Bool)
    /// A submitter ends its job, which no lab has.
    case endClaimed(AttemptName, by: Int, JobOutcome)
    /// The lab says that it has finished.
    case observe(LabJobName, health: String)
    /// The results of lab jobs are fetched.
    case fetch([LabJobName: LabJobEnd])
    case finish([JobName: PlainEnd])
    /// The lab does not know it.
    case missing(LabJobName)
    case cancelJobset(Int)
    case cancelJobs(Int, [Int])
    /// Its cancellations were long ago, and the sweep comes.
    case endUnconfirmed(Int)
    /// The time of its deadline comes.
    case reachDeadline(Int)
    case passDeadline(batch: Int)
    case change(Int, LifeChange)
    /// The notifier makes the report of its present generation.
    case makeReport(Int)
    /// The notifier makes the bodies of its callbacks.
    case makeBodies(Int)
    case retry(Int, LifeSelection)
    case finishMissed
}

/// A jobset as it is declared.
struct LifeDocument: Sendable, Equatable {
    var jobs = 1
    var isOpen = false
    var declaredTotal: Int?
    var hasTimeout = false
    var maxFailures: FailureLimit?
    var retries = 0
    /// Empty: without a callback. Just `.finished`: with one that names no events.
    var events: Set<JobsetEvent> = []
    /// Two documents that differ in this alone have one meaning but for their content.
    var version = 1
}

/// Jobs that are added.
struct LifeAddition: Sendable, Equatable {
    /// Stands for its UUID.
    var id: Int
    var jobs = 1
    var seals = false
    var declaredTotal: Int?
}

/// What was found in a lab of a lab job that has ended.
struct LabJobEnd: Sendable, Equatable {
    var passes = 0
    var fails = 0
    var isInfrastructure = false
    var isUnfetchable = false
}

/// How a job ends that no lab ends.
struct PlainEnd: Sendable, Equatable {
    var outcome: JobOutcome
    var fails = 0
}

/// What is changed of a jobset that runs.
struct LifeChange: Sendable, Equatable {
    var maxFailures: FailureLimit??
    var priority: Int?
    /// Whether it is to have a deadline.
    var timeout: Bool?
}

/// Which jobs are sent out again.
enum LifeSelection: Sendable, Equatable {
    case failed
    case all
    case jobs([Int])
}
