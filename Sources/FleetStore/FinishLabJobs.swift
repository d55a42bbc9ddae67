// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A finished lab job whose results have to be fetched.
package struct LabJobToFetch: Sendable, Equatable, Decodable {
    /// Its row.
    package let id: Int
    /// The lab that has it.
    package let backend: String
    /// LAVA's own number.
    package let number: Int
    /// The project of its build, as `group/project`.
    package let project: String
    /// LAVA's health, as it was last told.
    package let health: String
    /// Whether its results are stored already and only the count may be missing.
    package let isFetched: Bool
    /// Whether its lab has been asked; if not, only an event has told that it finished.
    package let isConfirmed: Bool
    /// How often its results could not be fetched.
    package let fetchTries: Int
    /// Where in a trace its jobset was submitted, as it is stored.
    package var traceparent: String?
    /// Its jobset.
    package var jobset: UUID?
}

/// A lab job with all that was fetched of it.
package struct FetchedLabJob: Sendable {
    /// Its row.
    package let id: Int
    /// LAVA's kind of failure, such as `Infrastructure`.
    package let errorType: String?
    /// LAVA's words for it.
    package let errorMessage: String?
    /// Why its results could not be fetched; such a job is not complete, whatever LAVA's health says.
    package let unfetchable: String?
    /// Whether its failure is the lab's and not the build's, so that the job may be tried again.
    package let isInfrastructure: Bool
    /// Its test cases, in LAVA's order; those before `firstPosition` are stored already.
    package let results: [ResultRow]
    /// The place of the first of `results` among all of the lab job's.
    package let firstPosition: Int
    /// How many of its test cases were more than are kept.
    package let resultsLeftOut: Int

    /// A lab job as fetched.
    package init(
        id: Int,
        errorType: String? = nil,
        errorMessage: String? = nil,
        unfetchable: String? = nil,
        isInfrastructure: Bool = false,
        results: [ResultRow] = [],
        firstPosition: Int = 0,
        resultsLeftOut: Int = 0
    ) {
        self.id = id
        self.errorType = errorType
        self.errorMessage = errorMessage
        self.unfetchable = unfetchable
        self.isInfrastructure = isInfrastructure
        self.results = results
        self.firstPosition = firstPosition
        self.resultsLeftOut = resultsLeftOut
    }
}

extension FleetStore {
    /// The finished lab jobs with these rows, in their order; `nil` when there is none or the lab still has it.
    ///
    /// - Parameter age: Those that were announced longer ago count as announced from now, so that the sweep does not take
    ///   their messages for lost while somebody is at work on them.
    package func labJobsToFetch(_ ids: [Int], touchedAfter age: Duration) async throws -> [LabJobToFetch?] {
        let rows = try await query(
            """
            with touched as (
                update lab_job set announced_at = now() where id in (
                    select id from lab_job where id = any(\(ids)) and state = 'finished'
                        and coalesce(announced_at < now() - \(age), true)
                    order by id for no key update
                )
            )
            select lab_job.id, lab_job.backend, lab_job.number, build_group || '/' || build_project as project,
                coalesce(health, '') as health, lab_job.state = 'fetched' as is_fetched, is_confirmed, fetch_tries,
                traceparent, jobset.id as jobset
            from lab_job join attempt on attempt.id = lab_job.attempt_id
                join job on job.id = attempt.job_id join jobset on jobset.id = job.jobset_id
            where lab_job.id = any(\(ids)) and lab_job.state <> 'submitted'
            """
        )
        let found = try rows.decode(LabJobToFetch.self).map { ($0.id, $0) }
        let byID = Dictionary(found, uniquingKeysWith: { first, _ in first })
        return ids.map { byID[$0] }
    }

    /// Stores what was fetched and ends the jobs whose lab jobs are all in: many lab jobs, one transaction, one step
    /// of the counter a jobset.
    ///
    /// A job whose lab has failed it does not end while it is still allowed a retry: it waits for another attempt,
    /// and its counter with it.
    ///
    /// - Parameters:
    ///   - retryPause: How long after an attempt that its lab failed the next one begins.
    ///   - knownIssues: Those of the configuration; the store has others.
    ///   - metricLimits: How much worse measurements may get.
    /// - Returns: the jobsets finished by this very call.
    package func finishLabJobs(
        _ all: [FetchedLabJob],
        retryAfter retryPause: Duration = .zero,
        knownIssues: ConfiguredKnownIssues = .none,
        metricLimits: MetricLimits = .none
    ) async throws -> Unannounced<Void> {
        // Two copies of one message may be handled at once, and end up in one flush.
        let fetched = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            .values.sorted { $0.id < $1.id }
        return try await transaction { sql in
            let fresh = try sql.markFetched(fetched)
            try sql.insertResults(fetched.filter { fresh.contains($0.id) })
            return Unannounced(
                finished: try sql.endJobs(
                    ofLabJobs: fetched.map(\.id),
                    retryAfter: retryPause,
                    knownIssues,
                    metricLimits
                )
            )
        }
    }
}

/// What the test cases of a job said.
private struct CountedJob: Decodable {
    let job: Int
    let tests: TestCounts
}

/// The steps of LAVA's own suite that failed in a job.
private struct FailedSteps: Decodable {
    let job: Int
    let total: Int
    /// The first of them.
    let names: [String]
}

/// A suite that was expected of a job and brought a test case.
private struct FoundSuite: Decodable {
    let job: Int
    let suite: String
}

/// An attempt of which all lab jobs are in.
private struct EndedAttempt: Decodable {
    let id: UUID
    let job: Int
    /// `group/project`.
    let project: String
    let outcome: JobOutcome
    let reason: String?
    let isRetried: Bool
    /// Whether its project has stored some.
    let hasKnownIssues: Bool
    let emptyJobs: EmptyJobs?
    let expect: ExpectedResults?

    /// How its job ends. One that completed does so only if it brought what it was to bring.
    func end(_ results: EndedResults) -> JobEnd {
        var (outcome, reason) = (self.outcome, self.reason)
        if outcome == .complete {
            let missing = expect?.missing(from: results)
            let emptiness = emptyJobs == nil ? nil : results.emptiness
            reason = [emptiness, missing].compactMap(\.self).joined(separator: "; ")
            if reason?.isEmpty ?? true { reason = nil }
            if missing != nil || (reason != nil && emptyJobs == .incomplete) { outcome = .incomplete }
        }
        return JobEnd(jobID: job, outcome: outcome, reason: reason, tests: results.tests)
    }
}

extension PostgresTransaction {
    fileprivate func markFetched(_ fetched: [FetchedLabJob]) throws -> Set<Int> {
        let ids = fetched.map(\.id)
        try execute("select id from lab_job where id = any(\(ids)) order by id for no key update")
        let rows = try query(
            """
            update lab_job set state = 'fetched', fetched_at = now(),
                error_type = fetched.error_type, error_message = fetched.error_message,
                unfetchable = fetched.unfetchable, is_infrastructure = fetched.is_infrastructure,
                results_left_out = fetched.left_out, is_confirmed = true, fetch_due_at = null, cancel_due_at = null
            from unnest(
                \(ids), \(fetched.map(\.errorType)), \(fetched.map(\.errorMessage)), \(fetched.map(\.unfetchable)),
                \(fetched.map(\.isInfrastructure)), \(fetched.map(\.resultsLeftOut))
            ) as fetched (id, error_type, error_message, unfetchable, is_infrastructure, left_out)
            where lab_job.id = fetched.id and lab_job.state = 'finished'
            returning lab_job.id
            """
        )
        return Set(try rows.decode(Int.self))
    }

    fileprivate func insertResults(_ fetched: [FetchedLabJob]) throws {
        let rows = fetched.lazy.flatMap { labJob in
            labJob.results.lazy.enumerated().map { position, result -> [any PostgresEncodable] in
                [
                    labJob.id, labJob.firstPosition + position, result.suite, result.suiteNumber, result.name,
                    result.status, result.measurement, result.units,
                    result.startLogLine, result.endLogLine,
                ]
            }
        }
        // A fetch that broke off may have stored some of them, in pages of another size.
        try execute(
            """
            delete from result
            using unnest(\(fetched.map(\.id)), \(fetched.map(\.firstPosition))) as last (lab_job_id, position)
            where result.lab_job_id = last.lab_job_id and result.position >= last.position
            """
        )
        guard fetched.contains(where: { !$0.results.isEmpty }) else { return }
        _ = try copyIn(
            "result",
            columns: [
                "lab_job_id", "position", "suite", "suite_number", "name", "status", "measurement", "units",
                "start_log_line", "end_log_line",
            ],
            rows: rows
        )
    }

    /// Ends the jobs of which nothing is left in a lab, or has them wait for another attempt.
    ///
    /// The jobsets are locked first: of two transactions that bring in the last two members of one attempt, the
    /// second must see what the first has written.
    fileprivate func endJobs(
        ofLabJobs ids: [Int],
        retryAfter pause: Duration,
        _ knownIssues: ConfiguredKnownIssues,
        _ metricLimits: MetricLimits
    ) throws -> [FinishedJobset] {
        try lockJobsets(ofLabJobs: ids)
        let ended = try endedAttempts(ofLabJobs: ids)
        try retry(ended.filter(\.isRetried), after: pause)
        let ends = ended.filter { !$0.isRetried }
        guard !ends.isEmpty else { return [] }
        let jobs = Dictionary(grouping: ends, by: \.project).mapValues { $0.map(\.job) }
        try markMetricRegressions(ofJobs: jobs, metricLimits)
        try markKnownFailures(
            ofJobs: jobs,
            stored: Set(ends.filter(\.hasKnownIssues).map(\.project)),
            knownIssues
        )
        let results = try endedResults(of: ends)
        return try finishJobs(ends.map { $0.end(results[$0.job] ?? EndedResults()) })
    }

    private func endedAttempts(ofLabJobs ids: [Int]) throws -> [EndedAttempt] {
        let rows = try query(
            """
            select attempt.id, attempt.job_id as job, build_group || '/' || build_project as project,
                exists (
                    select from known_issue where known_issue.build_group = jobset.build_group
                        and known_issue.build_project = jobset.build_project
                ) as has_known_issues,
                case when ending.outcome = 'complete' and ending.members < attempt.group_size
                    then 'incomplete' else ending.outcome end as outcome,
                case when ending.outcome = 'canceled' and cancel_requested_at is not null
                    then 'canceled' || coalesce(': ' || cancel_reason, '')
                    else nullif(concat_ws('; ', ending.reason, case when ending.members < attempt.group_size
                        then 'the lab showed ' || ending.members || ' of the ' || attempt.group_size
                            || ' jobs of the group' end), '') end as reason,
                ending.outcome = 'incomplete' and is_infrastructure and not is_watched and (
                    select count(*) from attempt as earlier
                    where earlier.job_id = attempt.job_id and earlier.generation = jobset.generation
                ) <= coalesce(job.retries, jobset.retries)
                    and cancel_requested_at is null and jobset.canceled_at is null as is_retried,
                jobset.empty_jobs, job.expect
            from (
                select attempt_id, count(*) as members,
                    case
                        when bool_or(health = 'Canceled') then 'canceled'
                        when bool_and(health = 'Complete' and unfetchable is null) then 'complete'
                        else 'incomplete'
                    end as outcome,
                    string_agg(distinct case
                        when health <> 'Complete' and error_message is not null
                            then concat_ws('; ', coalesce(error_type || ': ', '') || error_message, unfetchable)
                        when unfetchable is not null then unfetchable
                        when health = 'Complete' then null
                        else 'lab job ' || number || ' ended ' || lower(health) || '; LAVA gave no reason'
                    end, '; ') as reason,
                    bool_or(is_infrastructure) as is_infrastructure,
                    -- of such a job there is no definition to submit
                    bool_or(is_watched) as is_watched
                from lab_job where attempt_id in (select attempt_id from lab_job where id = any(\(ids)))
                group by attempt_id having bool_and(lab_job.state = 'fetched')
            ) as ending join attempt on attempt.id = ending.attempt_id
                join job on job.id = attempt.job_id join jobset on jobset.id = job.jobset_id
            where attempt.state = 'submitted' and job.state <> 'finished'
                and \(unsafeSQL: Self.isGroupComplete("ending.members"))
            """
        )
        return try rows.decode(EndedAttempt.self)
    }

    /// The attempts end and their jobs wait again: the counter does not move, for the jobs have not ended.
    private func retry(_ attempts: [EndedAttempt], after pause: Duration) throws {
        guard !attempts.isEmpty else { return }
        let attempts = attempts.sorted { $0.job < $1.job }
        try execute(
            """
            update job set state = 'waiting', waiting_since = now(),
                resume_at = now() + \(pause)
            where id = any(\(attempts.map(\.job))) and state = 'submitted'
            """
        )
        try execute(
            """
            update attempt set state = 'ended', ended_at = now(), outcome = ended.outcome, reason = ended.reason,
                \(unsafeSQL: Self.endOfDoubt)
            from unnest(\(attempts.map(\.id)), \(attempts.map(\.outcome)), \(attempts.map(\.reason)))
                as ended (id, outcome, reason)
            where attempt.id = ended.id
            """
        )
    }

    /// What the results of jobs come to that are about to end.
    private func endedResults(of ends: [EndedAttempt]) throws -> [Int: EndedResults] {
        let jobs = ends.map(\.job)
        let counts = try query(
            """
            select attempt.job_id as job,
                count(*) filter (where result.status = 'pass') as tests_pass,
                count(*) filter (where result.status = 'fail') as tests_fail,
                count(*) filter (where result.status = 'xfail') as tests_xfail,
                count(*) filter (where result.status = 'skip') as tests_skip,
                count(*) filter (where result.status = 'unknown') as tests_unknown
            from attempt join lab_job on lab_job.attempt_id = attempt.id
                join result on result.lab_job_id = lab_job.id
            where attempt.job_id = any(\(jobs)) and attempt.state = 'submitted' and result.suite <> \(TestName.lava)
            group by attempt.job_id
            """
        ).decode(CountedJob.self)
        var results: [Int: EndedResults] = [:]
        for counted in counts { results[counted.job, default: EndedResults()].tests = counted.tests }
        for failed in try failedSteps(ofJobs: jobs) {
            results[failed.job, default: EndedResults()].failedStepTotal = failed.total
            results[failed.job, default: EndedResults()].failedSteps = failed.names
        }
        for found in try foundSuites(of: ends) {
            results[found.job, default: EndedResults()].foundSuites.insert(found.suite)
        }
        return results
    }

    /// LAVA repeats a step that failed under the same name, so the last one counts.
    private func failedSteps(ofJobs jobs: [Int]) throws -> [FailedSteps] {
        try query(
            """
            select job, count(*) as total, (array_agg(name order by name))[:\(EndedResults.listedSteps)] as names from (
                select distinct on (lab_job.id, result.name) attempt.job_id as job, result.name, result.status
                from attempt join lab_job on lab_job.attempt_id = attempt.id
                    join result on result.lab_job_id = lab_job.id
                where attempt.job_id = any(\(jobs)) and attempt.state = 'submitted' and result.suite = \(TestName.lava)
                order by lab_job.id, result.name, result.position desc
            ) as last where status = 'fail' group by job
            """
        ).decode(FailedSteps.self)
    }

    /// Of the suites that are expected of each job, those that brought a test case.
    private func foundSuites(of ends: [EndedAttempt]) throws -> [FoundSuite] {
        let expected = ends.flatMap { end in (end.expect?.suites ?? []).map { (job: end.job, suite: $0) } }
        guard !expected.isEmpty else { return [] }
        return try query(
            """
            select distinct expected.job, expected.suite
            from unnest(\(expected.map(\.job)), \(expected.map(\.suite))) as expected (job, suite)
                join attempt on attempt.job_id = expected.job and attempt.state = 'submitted'
                join lab_job on lab_job.attempt_id = attempt.id
                join result on result.lab_job_id = lab_job.id and result.suite = expected.suite
            where result.suite <> \(TestName.lava)
            """
        ).decode(FoundSuite.self)
    }
}
