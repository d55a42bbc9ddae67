// SPDX-License-Identifier: Apache-2.0

/// What happens to a jobset that a receiver can be called for, each but ``progress`` at most once in each of its
/// generations.
package enum JobsetEvent: String, Sendable, Codable, CaseIterable {
    /// Its counter has reached zero.
    case finished
    /// The first of its jobs has failed: it will not pass any more.
    case firstFailure = "first_failure"
    /// Its deadline has passed before its end.
    case deadline
    /// It is canceled, by a person or because too many of its jobs failed.
    case canceled
    /// It is stored, or a new generation of it has begun.
    case accepted
    /// More of its jobs have ended.
    case progress

    /// What a document's own callback can choose.
    package static let ofDocuments: [JobsetEvent] = [.finished, .firstFailure, .deadline, .canceled]
    /// What a project's webhook can choose.
    package static let ofWebhooks: [JobsetEvent] = [.accepted, .progress, .deadline, .canceled, .finished]
}

/// What is published of jobsets and jobs, for whoever wants to follow a fleet.
package enum FleetEventType: String, Sendable, Codable, CaseIterable {
    /// A jobset is stored.
    case jobsetAccepted = "jobset.accepted"
    /// Nothing is added to an open jobset any more.
    case jobsetSealed = "jobset.sealed"
    /// Its last job has ended.
    case jobsetFinished = "jobset.finished"
    /// It is canceled; its jobs end later.
    case jobsetCanceled = "jobset.canceled"
    /// A new generation has begun.
    case jobsetRetried = "jobset.retried"
    /// A lab has the job.
    case jobSubmitted = "job.submitted"
    /// A board runs it.
    case jobRunning = "job.running"
    /// It has ended.
    case jobFinished = "job.finished"
}
