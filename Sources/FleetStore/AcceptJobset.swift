// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import Foundation
import Postgres

/// What became of a document that was read without a fault.
public enum Acceptance: Sendable, Equatable {
    /// It is stored, now or by an earlier copy of the message. `jobs` wait for their message; `finished` is set when
    /// the jobset is empty and so at its end.
    case accepted(isNew: Bool, jobs: [AnnouncedJob], finished: FinishedJobset?)
    /// Another document has this id.
    case conflict
}

extension FleetStore {
    /// Stores a jobset with all its jobs.
    ///
    /// The same document under the same id changes nothing and returns the jobs that still wait for a lab, so that
    /// whoever redelivers the message completes what a crash left half done.
    public func acceptJobset(id: UUID, document: JobsetDocument) async throws -> Acceptance {
        try await client.withTransaction(idempotent: true) { sql in
            guard try sql.insertJobset(id: id, document: document) else {
                return try sql.acceptAgain(id: id, digest: document.digest)
            }
            try sql.insertJobs(of: document, into: id)
            let finished = document.jobs.isEmpty ? try sql.finishJobsets([id]).first : nil
            return .accepted(isNew: true, jobs: try sql.jobsToAnnounce(of: id), finished: finished)
        }
    }
}

extension PostgresTransaction {
    fileprivate func insertJobset(id: UUID, document: JobsetDocument) throws -> Bool {
        let build = document.build
        let total = document.jobs.count
        let rows = try query(
            """
            insert into jobset (id, build_group, build_project, build_version, digest, total, pending, callback, labels,
                retries)
            values (\(id), \(build.group), \(build.project), \(build.version), \(document.digest),
                \(total), \(total), \(document.callback.map(PostgresJSON.init)), \(PostgresJSON(document.labels)),
                \(document.retries))
            on conflict (id) do nothing
            returning id
            """
        )
        return !rows.isEmpty
    }

    fileprivate func acceptAgain(id: UUID, digest: [UInt8]) throws -> Acceptance {
        let rows = try query("select digest, state, generation::bigint from jobset where id = \(id)")
        guard let row = rows.first else { return .conflict }
        let (known, state, generation) = try row.decode([UInt8].self, String.self, Int.self)
        guard known == digest else { return .conflict }
        let isFinished = state == JobsetState.finished.rawValue
        return .accepted(
            isNew: false,
            jobs: isFinished ? [] : try jobsToAnnounce(of: id),
            finished: isFinished ? FinishedJobset(id: id, generation: generation) : nil
        )
    }

    fileprivate func insertJobs(of document: JobsetDocument, into id: UUID) throws {
        _ = try copyIn(
            "job",
            columns: ["jobset_id", "position", "environment", "backend"],
            rows: document.jobs.lazy.enumerated().map { position, job in [id, position, job.environment, job.backend] }
        )
        _ = try copyIn(
            "job_definition",
            columns: ["jobset_id", "position", "definition"],
            rows: document.jobs.lazy.enumerated().map { position, job in [id, position, job.definition] }
        )
    }

    /// Jobs that wait, that nobody has begun to submit, and for which no later message is due.
    fileprivate func jobsToAnnounce(of id: UUID) throws -> [AnnouncedJob] {
        let rows = try query(
            """
            select job.id, job.backend from job
            where jobset_id = \(id) and state = 'waiting' and resume_at is null
                and not exists (select from attempt where attempt.job_id = job.id)
            order by position
            """
        )
        return try rows.map { row in
            let (id, backend) = try row.decode(Int.self, String.self)
            return AnnouncedJob(id: id, backend: backend)
        }
    }
}
