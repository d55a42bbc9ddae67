// SPDX-License-Identifier: Apache-2.0

package import Fleet

/// A job that has ended, or one of the lab jobs of a multinode job: what becomes one test run.
package struct FinishedJob: Sendable, Equatable {
    /// The id of its jobset, in lower case.
    package var jobset: String
    /// Its place in the jobset's document, from 0.
    package var position: Int
    /// What it ran on.
    package var environment: String
    /// The lab it was for.
    package var backend: String
    package var outcome: JobOutcome
    /// Why it did not complete.
    package var reason: String?
    /// How often it was submitted.
    package var attempts: Int
    /// What the lab made of it; `nil` where it never got so far.
    package var labJob: LabJob?

    /// A lab job.
    package struct LabJob: Sendable, Equatable {
        /// LAVA's own number.
        package var number: Int
        /// Its part in a multinode group.
        package var role: String?
        package var url: String?
        /// The board it ran on.
        package var device: String?
        /// LAVA's kind of failure.
        package var errorType: String?
        /// LAVA's words for it.
        package var errorMessage: String?

        /// A lab job as given.
        package init(
            number: Int,
            role: String? = nil,
            url: String? = nil,
            device: String? = nil,
            errorType: String? = nil,
            errorMessage: String? = nil
        ) {
            self.number = number
            self.role = role
            self.url = url
            self.device = device
            self.errorType = errorType
            self.errorMessage = errorMessage
        }
    }

    /// A job as given.
    package init(
        jobset: String,
        position: Int,
        environment: String,
        backend: String,
        outcome: JobOutcome,
        reason: String? = nil,
        attempts: Int,
        labJob: LabJob? = nil
    ) {
        self.jobset = jobset
        self.position = position
        self.environment = environment
        self.backend = backend
        self.outcome = outcome
        self.reason = reason
        self.attempts = attempts
        self.labJob = labJob
    }

    /// The same each time it is pushed, so that SQUAD refuses a repeat, and another for another attempt.
    ///
    /// The lab's name is part of it: SQUAD takes equal numbers of two labs for one job. A job that no lab has seen is
    /// named by its jobset, its place there and its attempts. The longest is 91 characters of SQUAD's 128.
    package var id: String {
        if let labJob { "\(backend).\(labJob.number)" } else { "\(jobset).\(position).\(attempts)" }
    }

    /// Everything SQUAD is told of it beside its results.
    var metadata: [String: String] {
        var metadata = [
            "job_id": id, "job_status": outcome.rawValue.prefix(1).uppercased() + outcome.rawValue.dropFirst(),
            "backend": backend, "attempts": "\(attempts)", "muster_jobset": jobset, "muster_job": "\(position)",
        ]
        metadata["error_msg"] = reason ?? labJob?.errorMessage
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
