// SPDX-License-Identifier: Apache-2.0

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
