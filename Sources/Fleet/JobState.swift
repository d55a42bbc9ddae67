// SPDX-License-Identifier: Apache-2.0

/// Where a job is on its way. Only the step into ``finished`` changes a jobset's counter.
package enum JobState: String, Sendable, Codable, CaseIterable {
    /// Accepted, and not yet in a lab.
    case waiting
    /// In a lab, queued or running there.
    case submitted
    /// At its end, with a ``JobOutcome``; nothing leads out of it.
    case finished
}
