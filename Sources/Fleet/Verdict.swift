// SPDX-License-Identifier: Apache-2.0

/// What became of a jobset as a whole.
///
/// A failed test weighs more than a missing job: no fault of a lab hides what is wrong with a build
/// ([decision 41](../../docs/decisions/0041-a-failed-test-weighs-more-than-a-missing-job.md)). `FinishJobs` in the store is
/// where a verdict is made, from the job rows.
package enum Verdict: String, Sendable, Codable, CaseIterable {
    /// Every job completed and no test failed.
    case passed
    /// Some test failed, or some definition was refused by its lab, whatever else is missing.
    case failed
    /// Nothing failed, but something is missing: some job did not complete, or never came.
    case incomplete
    /// The jobset was canceled.
    case canceled
}
