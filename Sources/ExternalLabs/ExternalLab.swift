// SPDX-License-Identifier: Apache-2.0

import Fleet
package import FleetStore
package import Foundation
package import Labs
import Postgres

/// A lab whose jobs somebody else runs: a build, a test on a desk, another service.
///
/// Nothing is sent anywhere. The lab is a table: a submission is a row, and the row ends when somebody reports a result
/// (``FleetStore/reportResult(ofJob:_:externalBackends:by:)``) or the fleet cancels the job. To the workers it is a lab
/// like any other.
package struct ExternalLab: Lab {
    let name: String
    let store: FleetStore

    package init(name: String, store: FleetStore) {
        self.name = name
        self.store = store
    }

    // MARK: Submitting

    package func submit(_ request: LabRequest) async throws(LabError) -> [LabSubmission] {
        let number = try await asking(changes: true) { try await store.takeExternalJob(attempt: request.tag) }
        guard let number else {
            throw LabError(.refused(message: "there is no attempt \(request.tag)"), isInDoubt: false, "no such attempt")
        }
        return [LabSubmission([LabJobReference(id: LabJobID(number))])]
    }

    package func find(_ search: LabSearch) async throws(LabError) -> LabFindings {
        let job = try await asking { try await store.externalJob(attempt: search.tag) }
        return LabFindings([LabSubmission](job.map { [LabSubmission($0)] } ?? []))
    }

    package func find(
        _ search: LabSearch,
        definition: String,
        isOwned: (Set<LabJobID>) async throws -> Set<LabJobID>
    ) async throws -> LabFindings {
        try await find(search)
    }

    package func members(ofGroupOf member: String) async throws(LabError) -> [LabJobReference] { [] }

    // MARK: Jobs

    package func finishedJobs(
        endedAfter: Date,
        submitter: String?,
        limit: Int,
        offset: Int
    ) async throws(LabError) -> LabPage {
        let (jobs, now) = try await asking {
            try await store.dropStoredExternalTests(backend: name)
            return try await store.endedExternalJobs(
                backend: name,
                after: endedAfter,
                limit: limit + 1,
                offset: offset
            )
        }
        return LabPage(
            jobs: jobs.prefix(limit).map(SeenLabJob.init),
            rowCount: min(jobs.count, limit),
            hasMore: jobs.count > limit,
            date: now
        )
    }

    /// None: its jobs are rows of the same database.
    package func submittedJobs(
        after: Date,
        by submitter: String,
        limit: Int,
        offset: Int
    ) async throws(LabError) -> LabPage {
        LabPage(jobs: [], rowCount: 0, hasMore: false, date: nil)
    }

    package func jobs(ids: [LabJobID]) async throws(LabError) -> LabLookup {
        LabLookup(jobs: try await found(ids).map(SeenLabJob.init))
    }

    package func job(_ id: LabJobID) async throws(LabError) -> SeenLabJob { SeenLabJob(try await only(id)) }

    package func cancel(_ ids: [LabJobID]) async throws(LabError) -> Set<LabJobID> {
        let known = try await asking(changes: true) {
            try await store.cancelExternalJobs(ids.compactMap(\.number), backend: name)
        }
        return Set(ids).subtracting(known.map { LabJobID($0) })
    }

    private func found(_ ids: [LabJobID]) async throws(LabError) -> [ExternalJob] {
        try await asking { try await store.externalJobs(ids.compactMap(\.number), backend: name) }
    }

    private func only(_ id: LabJobID) async throws(LabError) -> ExternalJob {
        guard let job = try await found([id]).first else {
            throw LabError(.notFound, isInDoubt: false, "The lab \(name) has no job \(id)")
        }
        return job
    }

    // MARK: Results

    package func results(of id: LabJobID, pageSize: Int, maximum: Int) -> any LabResultPages {
        ExternalPages(lab: self, id: id, pageSize: pageSize)
    }

    package func verdict(of id: LabJobID) async throws(LabError) -> LabVerdict? { LabVerdict(try await only(id)) }

    package func endWaitsForResults() {}

    fileprivate func page(of id: LabJobID, from position: Int, limit: Int) async throws(LabError) -> LabResultPage {
        let job = try await only(id)
        let (rows, count) = try await asking {
            (
                try await store.externalTests(of: job.number, from: position, limit: limit),
                try await store.externalTestCount(of: job.number)
            )
        }
        return LabResultPage(rows: rows, totalCount: count, verdict: LabVerdict(job))
    }

    // MARK: The lab itself

    package var hasEvents: Bool { false }

    package func identity() async throws(LabError) -> LabIdentity { .notNeeded }

    package func version() async throws(LabError) -> String { "external" }

    package func withEvents(_ body: (LabEvents) async throws -> Void) async throws {
        throw LabError(.notFound, isInDoubt: false, "The lab \(name) has no event stream")
    }

    package func shutdown() async throws {}
}

/// Walks over reported test cases.
private struct ExternalPages: LabResultPages {
    let lab: ExternalLab
    let id: LabJobID
    let pageSize: Int
    private var position = 0
    private var isDone = false

    init(lab: ExternalLab, id: LabJobID, pageSize: Int) {
        (self.lab, self.id, self.pageSize) = (lab, id, max(1, pageSize))
    }

    mutating func next() async throws(LabError) -> LabResultPage? {
        guard !isDone else { return nil }
        let page = try await lab.page(of: id, from: position, limit: pageSize)
        position += page.rows.count
        isDone = page.rows.count < pageSize
        // Also of a job without tests, the first page carries the verdict.
        return page.rows.isEmpty && position > 0 ? nil : page
    }
}

/// Asks the table that is the lab. A database that is away says nothing of the lab, and what is asked can be asked again.
private func asking<Value>(changes: Bool = false, _ body: () async throws -> Value) async throws(LabError) -> Value {
    do {
        return try await body()
    } catch is CancellationError {
        throw LabError(.cancelled, isInDoubt: changes, "The request was canceled")
    } catch {
        throw LabError(.busy, isInDoubt: changes, "The lab was not asked: \(error)")
    }
}

extension LabSubmission {
    fileprivate init(_ job: ExternalJob) {
        self.init([LabJobReference(id: LabJobID(job.number))], submitTime: job.submittedAt)
    }
}

extension SeenLabJob {
    /// A job that is handed out runs, as far as anybody here can tell.
    fileprivate init(_ job: ExternalJob) {
        self.init(
            id: LabJobID(job.number),
            state: job.endedAt == nil ? .running : .finished,
            health: LabHealth(job.outcome),
            submitTime: job.submittedAt,
            startTime: job.submittedAt,
            endTime: job.endedAt,
            tag: job.attemptID,
            url: job.url
        )
    }
}

extension LabHealth {
    fileprivate init(_ outcome: JobOutcome?) {
        switch outcome {
        case .complete: self = .complete
        case .canceled: self = .canceled
        case nil: self.init(rawValue: "Unknown")
        default: self = .incomplete
        }
    }
}

extension LabVerdict {
    /// What was reported; nil while nothing is.
    fileprivate init?(_ job: ExternalJob) {
        guard let outcome = job.outcome else { return nil }
        self.init(
            status: outcome == .complete ? .pass : .fail,
            errorType: job.isInfrastructure ? "Infrastructure" : nil,
            errorMessage: outcome == .complete ? job.reason : job.reason ?? "reported as \(outcome.rawValue)"
        )
    }
}
