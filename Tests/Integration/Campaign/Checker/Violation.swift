// SPDX-License-Identifier: Apache-2.0

/// Something that must not be, and is.
struct Violation: Hashable, CustomStringConvertible {
    enum Kind: String {
        /// A confirmed publication that nobody knows of.
        case lost
        /// An accepted jobset whose row is gone.
        case gone
        /// An accepted jobset that has not finished.
        case unfinished
        /// It finished while jobs of it had not ended.
        case finishedEarly
        /// It finished more than once in one generation.
        case finishedTwice
        /// A job that never came to its end.
        case neverEnded
        /// A job that came to its end more than once in one generation.
        case endedTwice
        /// A job's outcome is not what its lab did.
        case untrueOutcome
        /// An outcome for which neither the lab nor the publisher gave cause.
        case causelessOutcome
        /// A job's counts of tests are not what its definition makes.
        case untrueTests
        /// A jobset's verdict does not follow from its jobs.
        case untrueVerdict
        /// An attempt that became more lab jobs than one, or than its group has members, and nobody knows which are too
        /// many.
        case submittedTwice
        /// A lab job that is known to be one too many, and ran on all the same.
        case surplusLeft
        /// An attempt that became fewer lab jobs than its group has members.
        case submittedInPart
        /// A lab job of an attempt that no row knows, or that no row knows to be in a lab.
        case unknownLabJob
        /// An attempt that is said to be in a lab, which has never seen it.
        case neverSubmitted
        /// An attempt's rows name other lab jobs than its lab made.
        case otherLabJobs
        /// More attempts than the jobset allows.
        case tooManyAttempts
        /// Another attempt though the one before had not failed by its lab's fault.
        case needlessAttempt
        /// A lab job that never ended.
        case leftInLab
        /// A counter that disagrees with the rows it counts, or with what was published.
        case counter
        /// An event that happened and is not told.
        case missingEvent
        /// An event that is told though it did not happen, or was not asked for.
        case groundlessEvent
        /// An event that is told as two.
        case repeatedEvent
        /// A delivery that is not delivered.
        case undelivered
        /// A delivery that is said to be delivered, and no receiver has taken it.
        case neverReceived
        /// A callback under an id that no delivery has.
        case unknownCallback
        /// One event under several ids, or one id with several bodies.
        case differingBodies
        /// A callback's body that says what is not so.
        case untrueBody
        /// Messages that nobody has taken.
        case messagesLeft
        /// A message put aside.
        case deadLetter
    }

    let kind: Kind
    /// What it is about: a jobset, a job, an attempt, a delivery, a queue.
    let about: String
    let detail: String

    var description: String { "\(kind.rawValue): \(about): \(detail)" }
}
