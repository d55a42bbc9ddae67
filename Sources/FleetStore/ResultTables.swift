// SPDX-License-Identifier: Apache-2.0

/// The test cases of an ended job that count, as parts of a statement: those of its last attempt, without LAVA's own suite.
enum CountedResults {
    /// The tables `job`, `attempt`, `lab_job` and `result`.
    static let tables = """
        job join lateral (
            select id, outcome from attempt where job_id = job.id order by number desc limit 1
        ) as attempt on true
        join lab_job on lab_job.attempt_id = attempt.id
        join result on result.lab_job_id = lab_job.id
        """

    /// What their rows satisfy.
    static let condition = """
        job.outcome is not null and lab_job.state = 'fetched' and result.suite <> 'lava'
            and (attempt.outcome is null or attempt.outcome = job.outcome)
        """

    /// How bad what `result.status` says is, from 1: of several jobs the worst counts.
    static let rank = """
        case result.status when 'fail' then 5 when 'xfail' then 4 when 'pass' then 3 when 'skip' then 2 else 1 end
        """

    /// The statuses by their rank.
    static let ranks = "array['unknown', 'skip', 'pass', 'xfail', 'fail']"

    /// A letter for each status by its rank, for the column `suite_history.statuses`.
    static let letters = "uspxf"
}

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
