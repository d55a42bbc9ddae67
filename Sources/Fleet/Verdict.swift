// SPDX-License-Identifier: Apache-2.0

/// What became of a jobset as a whole.
///
/// An unfinished job weighs more than a failed test: a report that calls a build failed has seen all of it.
/// `FinishJobs` in the store is where a verdict is made, from the job rows.
package enum Verdict: String, Sendable, Codable, CaseIterable {
    /// Every job completed and no test failed.
    case passed
    /// Every job completed and some test failed.
    case failed
    /// Some job did not complete, whatever the tests of the others say.
    case incomplete
    /// The jobset was canceled.
    case canceled
}
