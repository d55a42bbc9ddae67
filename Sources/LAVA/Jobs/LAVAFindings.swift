// SPDX-License-Identifier: Apache-2.0

/// What one search for the lab jobs of an attempt has found.
public struct LAVAFindings: Sendable, Equatable {
    /// The lab jobs, by id.
    public var jobs: [LAVAJob]
    /// The number behind which the lab has more of them, for the next search; nil if these are all.
    public var moreAfter: Int?

    /// What was submitted, each request's jobs apart.
    public var submissions: [LAVASubmission] { jobs.submissions }

    init(jobs: [LAVAJob], moreAfter: Int? = nil) {
        self.jobs = jobs
        self.moreAfter = moreAfter
    }
}
