// SPDX-License-Identifier: Apache-2.0

/// The test cases of jobs that are about to end which globs of their project name, as a part of a statement.
enum PatternedResults {
    /// The tables `job`, `jobset`, `attempt`, `lab_job` and `result`, joined with globs.
    ///
    /// - Parameter globs: A table with `project` and, as SQL's `like` has them, `environment_like`, `suite_like` and
    ///   `test_like`.
    static func tables(_ globs: String) -> String {
        """
        job join jobset on jobset.id = job.jobset_id
            join \(globs) on \(globs).project = build_group || '/' || build_project
                and job.environment like \(globs).environment_like
            join attempt on attempt.job_id = job.id and attempt.state = 'submitted'
            join lab_job on lab_job.attempt_id = attempt.id
            join result on result.lab_job_id = lab_job.id and result.suite like \(globs).suite_like
                and result.name like \(globs).test_like
        """
    }
}
