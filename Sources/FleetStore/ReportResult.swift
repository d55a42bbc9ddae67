// SPDX-License-Identifier: Apache-2.0

import Crypto
package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// Stores what was reported of a job that somebody else runs. The watcher sees it like the end of any lab job, and
    /// counts it.
    ///
    /// A report that says the same again changes nothing, whatever has become of the job. Without an attempt, it is
    /// the same again if it says what the latest report of the job says.
    ///
    /// - Parameters:
    ///   - externalBackends: The labs whose jobs somebody else runs.
    ///   - reporter: Who reports it.
    /// - Throws: ``FleetRefusal``.
    package func reportResult(
        ofJob id: Int,
        _ report: ReportedResult,
        externalBackends: Set<String>,
        by reporter: String
    ) async throws -> ResultReceipt {
        let digest = report.digest
        return try await transaction { sql in
            try sql.allowForSize()
            guard let job = try sql.lockReportedJob(id) else { throw MissingRow(table: "job", id: "\(id)") }
            guard externalBackends.contains(job.backend) else { throw FleetRefusal.notExternal(backend: job.backend) }
            let attempt = report.attempt ?? job.present
            func receipt(of attempt: Int, isRepeat: Bool) -> ResultReceipt {
                ResultReceipt(jobset: job.jobset, position: job.position, attempt: attempt, isRepeat: isRepeat)
            }
            let stored = try sql.storedReports(ofJob: id)
            if let repeated = stored.first(where: { $0.digest == digest && $0.attempt == attempt })
                ?? (report.attempt == nil ? stored.first.flatMap { $0.digest == digest ? $0 : nil } : nil)
            {
                return receipt(of: repeated.attempt, isRepeat: true)
            }
            if let other = stored.first(where: { $0.attempt == attempt }) {
                throw other.digest == nil ? job.canceled : FleetRefusal.resultDiffers(attempt: attempt)
            }
            if let outcome = job.outcome {
                throw FleetRefusal.jobAlreadyFinished(position: job.position, outcome: outcome)
            }
            guard attempt >= job.present else {
                throw FleetRefusal.attemptEnded(attempt: attempt, present: job.present)
            }
            guard attempt == job.present else {
                throw FleetRefusal.noSuchAttempt(attempt: attempt, present: job.present)
            }
            try sql.store(report, digest: digest, ofJob: job, attempt: attempt, by: reporter)
            return receipt(of: attempt, isRepeat: false)
        }
    }

    /// The project of a job, its jobset and its place there.
    package func placeOfJob(id: Int) async throws -> JobPlace? {
        let rows = try await query(
            """
            select jobset_id as jobset, position, build_group as group, build_project as project
            from job join jobset on jobset.id = job.jobset_id where job.id = \(id)
            """
        )
        return try rows.first?.decode(JobPlace.self)
    }
}

/// Where a job stands.
package struct JobPlace: Sendable, Equatable, Decodable {
    package let jobset: UUID
    package let position: Int
    package let group: String
    package let project: String

    package init(jobset: UUID, position: Int, group: String, project: String) {
        self.jobset = jobset
        self.position = position
        self.group = group
        self.project = project
    }
}

/// A job of which a result was reported.
private struct ReportedJob: Decodable {
    let id: Int
    let jobset: UUID
    let position: Int
    let backend: String
    let outcome: JobOutcome?
    /// The attempt that it is in, or that comes next.
    let present: Int

    /// It was canceled before anybody reported a result.
    var canceled: FleetRefusal { .jobAlreadyFinished(position: position, outcome: .canceled) }
}

/// What was reported of an attempt; without a digest, the fleet has canceled it.
private struct StoredReport: Decodable {
    let attempt: Int
    let digest: [UInt8]?
}

extension ReportedResult {
    /// What tells one report from another: all that it says, but for the attempt.
    package var digest: [UInt8] {
        var hash = SHA256()
        func add(_ text: String?) {
            guard let text else { return hash.update(data: [0]) }
            hash.update(data: [1])
            withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: Array(text.utf8))
        }
        for text in [outcome.rawValue, reason, url, run, "\(isInfrastructure)", "\(tests.count)"] { add(text) }
        for test in tests {
            for text in [test.suite, test.name, test.status.rawValue, test.measurement, test.units] { add(text) }
        }
        return Array(hash.finalize())
    }
}

extension PostgresTransaction {
    fileprivate func lockReportedJob(_ id: Int) throws -> ReportedJob? {
        // A row of its own: what is locked must be read after the lock is had.
        guard !(try query("select id from job where id = \(id) for no key update").isEmpty) else { return nil }
        let rows = try query(
            """
            select job.id, job.jobset_id as jobset, job.position, job.backend, job.outcome,
                coalesce(last.number + case when last.state = 'ended' and job.state <> 'finished' then 1 else 0 end, 1)
                    as present
            from job left join lateral (
                select number, state from attempt where job_id = job.id order by number desc limit 1
            ) as last on true
            where job.id = \(id)
            """
        )
        return try rows.first?.decode(ReportedJob.self)
    }

    /// Of the latest attempts, the last first.
    fileprivate func storedReports(ofJob id: Int) throws -> [StoredReport] {
        try query(
            """
            select attempt, digest from external_job where job_id = \(id) and outcome is not null
            order by attempt desc limit 1000
            """
        ).decode(StoredReport.self)
    }

    fileprivate func store(
        _ report: ReportedResult,
        digest: [UInt8],
        ofJob job: ReportedJob,
        attempt: Int,
        by reporter: String
    ) throws {
        let number = try query(
            """
            insert into external_job (
                job_id, attempt, backend, outcome, is_infrastructure, reason, url, run, digest, reported_by
            )
            values (
                \(job.id), \(attempt), \(job.backend), \(report.outcome), \(report.isInfrastructure),
                \(report.reason), \(report.url), \(report.run), \(digest), \(reporter)
            )
            on conflict (job_id, attempt) do update set outcome = excluded.outcome,
                is_infrastructure = excluded.is_infrastructure, reason = excluded.reason, url = excluded.url, run = excluded.run,
                digest = excluded.digest, reported_by = excluded.reported_by,
                ended_at = case when external_job.attempt_id is not null then now() end
            where external_job.outcome is null
            returning number
            """
        ).first?.decode(Int.self)
        // Canceled in this very moment.
        guard let number else { throw job.canceled }
        guard !report.tests.isEmpty else { return }
        _ = try copyIn(
            "external_test",
            columns: ["number", "position", "suite", "suite_number", "name", "status", "measurement", "units"],
            rows: report.tests.lazy.enumerated().map { position, test -> [any PostgresEncodable] in
                [
                    number, position, test.suite, test.suiteNumber, test.name, test.status, test.measurement,
                    test.units,
                ]
            }
        )
    }
}

/// What whoever has run a job of an external lab reports of it.
package struct ReportedResult: Sendable, Equatable {
    /// How the job ended: `complete`, `incomplete` or `canceled`. Failing tests leave it complete.
    package let outcome: JobOutcome
    /// Why, of a job that is not complete.
    package let reason: String?
    /// Whether it failed for reasons that say nothing of the build, so that it may be tried again.
    package let isInfrastructure: Bool
    /// A page about the run.
    package let url: String?
    /// What the service that ran it calls the run, where that tells one run from another: SQUAD's `job_id`.
    package let run: String?
    /// Which attempt it is of; nil for the present one.
    package let attempt: Int?
    package let tests: [ResultRow]

    package init(
        outcome: JobOutcome,
        reason: String? = nil,
        isInfrastructure: Bool = false,
        url: String? = nil,
        run: String? = nil,
        attempt: Int? = nil,
        tests: [ResultRow] = []
    ) {
        self.outcome = outcome
        self.reason = reason
        self.isInfrastructure = isInfrastructure
        self.url = url
        self.run = run
        self.attempt = attempt
        self.tests = tests
    }
}
