// SPDX-License-Identifier: Apache-2.0

public import Fleet
import Foundation
import Postgres

/// A finished lab job whose results have to be fetched.
public struct LabJobToFetch: Sendable, Equatable {
    /// Its row.
    public let id: Int
    /// The lab that has it.
    public let backend: String
    /// LAVA's own number.
    public let number: Int
    /// Whether its results are stored already and only the count may be missing.
    public let isFetched: Bool
}

/// One test case of a lab job.
public struct ResultRow: Sendable, Equatable {
    /// The suite's name.
    public let suite: String
    /// LAVA's own number of the suite.
    public let suiteNumber: Int
    /// The test case's name, as LAVA spells it.
    public let name: String
    /// What it said.
    public let status: ResultStatus
    /// Its measurement, in decimal digits as LAVA gave them.
    public let measurement: String?
    /// The measurement's units.
    public let units: String?
    /// Where it begins in the job's log.
    public let startLogLine: Int?
    /// Where it ends in the job's log.
    public let endLogLine: Int?

    /// A test case as given.
    public init(
        suite: String,
        suiteNumber: Int,
        name: String,
        status: ResultStatus,
        measurement: String?,
        units: String?,
        startLogLine: Int?,
        endLogLine: Int?
    ) {
        self.suite = suite
        self.suiteNumber = suiteNumber
        self.name = name
        self.status = status
        self.measurement = measurement
        self.units = units
        self.startLogLine = startLogLine
        self.endLogLine = endLogLine
    }
}

/// A lab job with all that was fetched of it.
public struct FetchedLabJob: Sendable {
    /// Its row.
    public let id: Int
    /// LAVA's kind of failure, such as `Infrastructure`.
    public let errorType: String?
    /// LAVA's words for it.
    public let errorMessage: String?
    /// Why its results could not be fetched; such a job is not complete, whatever LAVA's health says.
    public let unfetchable: String?
    /// Its test cases, in LAVA's order.
    public let results: [ResultRow]

    /// A lab job as fetched.
    public init(
        id: Int,
        errorType: String? = nil,
        errorMessage: String? = nil,
        unfetchable: String? = nil,
        results: [ResultRow] = []
    ) {
        self.id = id
        self.errorType = errorType
        self.errorMessage = errorMessage
        self.unfetchable = unfetchable
        self.results = results
    }
}

extension FleetStore {
    /// The finished lab job with row `id`; `nil` when there is none or the lab still has it. It counts as announced from
    /// now, so that the sweep does not take its message for lost while somebody is at work on it.
    public func labJobToFetch(id: Int) async throws -> LabJobToFetch? {
        let rows = try await client.query(
            """
            update lab_job set announced_at = now() where id = \(id) and state <> 'submitted'
            returning backend, number, state = 'fetched'
            """,
            idempotent: true
        )
        return try rows.first.map { row in
            let (backend, number, isFetched) = try row.decode(String.self, Int.self, Bool.self)
            return LabJobToFetch(id: id, backend: backend, number: number, isFetched: isFetched)
        }
    }

    /// Stores what was fetched and ends the jobs whose lab jobs are all in: many lab jobs, one transaction, one step
    /// of the counter a jobset.
    ///
    /// - Returns: the jobsets finished by this very call.
    public func finishLabJobs(_ all: [FetchedLabJob]) async throws -> [FinishedJobset] {
        // Two copies of one message may be handled at once, and end up in one flush.
        let fetched = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            .values.sorted { $0.id < $1.id }
        return try await client.withTransaction(idempotent: true) { sql in
            let fresh = try sql.markFetched(fetched)
            try sql.insertResults(fetched.filter { fresh.contains($0.id) })
            return try sql.endJobs(ofLabJobs: fetched.map(\.id))
        }
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
                unfetchable = fetched.unfetchable
            from unnest(
                \(ids), \(fetched.map(\.errorType)), \(fetched.map(\.errorMessage)), \(fetched.map(\.unfetchable))
            ) as fetched (id, error_type, error_message, unfetchable)
            where lab_job.id = fetched.id and lab_job.state = 'finished'
            returning lab_job.id
            """
        )
        return Set(try rows.map { try $0.decode(Int.self) })
    }

    fileprivate func insertResults(_ fetched: [FetchedLabJob]) throws {
        let rows = fetched.lazy.flatMap { labJob in
            labJob.results.lazy.enumerated().map { position, result -> [any PostgresEncodable] in
                [
                    labJob.id, position, result.suite, result.suiteNumber, result.name, result.status.rawValue,
                    result.measurement, result.units,
                    result.startLogLine, result.endLogLine,
                ]
            }
        }
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

    /// Ends the jobs of which nothing is left in a lab.
    ///
    /// The jobsets are locked first: of two transactions that bring in the last two members of one attempt, the
    /// second must see what the first has written.
    fileprivate func endJobs(ofLabJobs ids: [Int]) throws -> [FinishedJobset] {
        try execute(
            """
            select id from jobset where id in (
                select job.jobset_id from lab_job
                    join attempt on attempt.id = lab_job.attempt_id
                    join job on job.id = attempt.job_id
                where lab_job.id = any(\(ids))
            ) order by id for no key update
            """
        )
        let rows = try query(
            """
            select attempt.job_id,
                case
                    when bool_or(lab_job.health = 'Canceled') then 'canceled'
                    when bool_and(lab_job.health = 'Complete' and lab_job.unfetchable is null) then 'complete'
                    else 'incomplete'
                end,
                string_agg(distinct case
                    when lab_job.unfetchable is not null then lab_job.unfetchable
                    when lab_job.health = 'Complete' then null
                    when lab_job.error_message is null then 'lab job ' || lab_job.number || ' ended '
                        || lower(lab_job.health) || '; LAVA gave no reason'
                    else coalesce(lab_job.error_type || ': ', '') || lab_job.error_message
                end, '; ')
            from attempt join lab_job on lab_job.attempt_id = attempt.id
            where attempt.state = 'submitted'
                and attempt.id in (select attempt_id from lab_job where id = any(\(ids)))
            group by attempt.id, attempt.job_id
            having bool_and(lab_job.state = 'fetched')
            """
        )
        let outcomes = try rows.map { try $0.decode(Int.self, String.self, String?.self) }
        guard !outcomes.isEmpty else { return [] }
        let counts = try testCounts(ofJobs: outcomes.map(\.0))
        return try finishJobs(
            outcomes.map { job, outcome, reason in
                JobEnd(
                    jobID: job,
                    outcome: JobOutcome(rawValue: outcome) ?? .incomplete,
                    reason: reason,
                    tests: counts[job] ?? TestCounts()
                )
            }
        )
    }

    private func testCounts(ofJobs ids: [Int]) throws -> [Int: TestCounts] {
        let rows = try query(
            """
            select attempt.job_id,
                count(*) filter (where result.status = 'pass'), count(*) filter (where result.status = 'fail'),
                count(*) filter (where result.status = 'skip'), count(*) filter (where result.status = 'unknown')
            from attempt join lab_job on lab_job.attempt_id = attempt.id
                join result on result.lab_job_id = lab_job.id
            where attempt.job_id = any(\(ids)) and attempt.state = 'submitted' and result.suite <> 'lava'
            group by attempt.job_id
            """
        )
        let counted = try rows.map { row in
            let (job, pass, fail, skip, unknown) = try row.decode(
                Int.self,
                Int.self,
                Int.self,
                Int.self,
                Int.self
            )
            return (job, TestCounts(pass: pass, fail: fail, skip: skip, unknown: unknown))
        }
        return Dictionary(counted, uniquingKeysWith: { first, _ in first })
    }
}
