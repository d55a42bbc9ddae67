// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation

/// A job that has ended, or one of the lab jobs of a multinode job: what becomes one test run.
package struct FinishedJob: Sendable, Equatable {
    package var jobset: UUID
    package var job: Job
    /// What the lab made of it; `nil` where it never got so far.
    package var labJob: LabJob?

    package init(_ job: Job, _ labJob: LabJob?, of jobset: UUID) {
        self.job = job
        self.labJob = labJob
        self.jobset = jobset
    }

    /// The same each time it is pushed, so that SQUAD refuses a repeat, and another for another attempt.
    ///
    /// The lab's name is part of it: SQUAD takes equal numbers of two labs for one job. A job that no lab has seen is
    /// named by its jobset, its place there and its attempts. The longest is 91 characters of SQUAD's 128.
    package var id: String {
        if let labJob { "\(job.backend).\(labJob.number)" } else { "\(jobset.text).\(job.position).\(job.attempts)" }
    }

    /// Everything SQUAD is told of it beside its results.
    var metadata: [String: String] {
        var metadata = [
            "job_id": id, "backend": job.backend, "attempts": "\(job.attempts)", "muster_jobset": jobset.text,
            "muster_job": "\(job.position)",
        ]
        metadata["job_status"] = job.outcome.map { $0.rawValue.prefix(1).uppercased() + $0.rawValue.dropFirst() }
        metadata["error_msg"] = job.reason ?? labJob?.errorMessage
        guard let labJob else { return metadata }
        metadata["lab_job"] = "\(labJob.number)"
        metadata["job_url"] = labJob.url
        metadata["log_url"] = labJob.url.map { "\($0)/log_file/plain" }
        metadata["role"] = labJob.role
        metadata["device"] = labJob.device
        metadata["error_type"] = labJob.errorType
        return metadata
    }
}
