// SPDX-License-Identifier: Apache-2.0

/// How a job ended. A job has an outcome exactly when its state is ``JobState/finished``.
package enum JobOutcome: String, Sendable, Codable, CaseIterable {
    /// The lab ran it to its end; its tests may still have failed.
    case complete
    /// The lab could not run it to its end.
    case incomplete
    /// Somebody canceled it, in the lab or here.
    case canceled
    /// LAVA refused the definition; the reason is in LAVA's own words.
    case rejected
    /// The lab no longer knows the job.
    case lost
    /// A limit of time passed first: the deadline of its jobset, or how long a lab may take.
    case expired
    /// It could not be submitted within its limit.
    case undeliverable
}
