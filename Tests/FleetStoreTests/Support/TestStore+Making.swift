// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

/// Jobsets, attempts and lab jobs as the workers make them.
extension TestStore {
    static func document(
        jobs: Int,
        backend: String = "lab-a",
        build: String = "/group/project/v1",
        callback: String? = "http://receiver.example:8080/done",
        labels: [String: String] = [:]
    ) throws -> JobsetDocument {
        JobsetDocument(
            build: try #require(Build(build)),
            callback: callback.map { CallbackRequest(url: $0, headers: ["authorization": "secret"]) },
            jobs: (0..<jobs).map {
                JobEntry(environment: "env-\($0 % 3)", backend: backend, definition: "job_name: job-\($0)")
            },
            labels: labels
        )
    }

    /// Accepts a jobset and returns its jobs' rows in their order. Their messages are out.
    func accept(jobs: Int, backend: String = "lab-a", id: UUID = UUID()) async throws -> (id: UUID, jobs: [Int]) {
        let acceptance = try await store.acceptJobset(
            id: id,
            document: try Self.document(jobs: jobs, backend: backend)
        )
        guard case .accepted(true, jobs, _) = acceptance else {
            throw NeverHappened(what: "a new jobset, found \(acceptance)")
        }
        try await client.execute("update job set resume_at = null where jobset_id = \(id)")
        return (id, try await rows(of: id))
    }

    /// A jobset's jobs' rows in their order.
    func rows(of jobset: UUID) async throws -> [Int] {
        try await integers("select id from job where jobset_id = \(jobset) order by position")
    }

    static func terms(
        _ claimant: UUID = UUID(),
        lease: Duration = .seconds(600),
        maximumInFlight: Int = 1000
    ) -> ClaimTerms {
        ClaimTerms(
            claimant: claimant,
            lease: lease,
            maximumInFlight: maximumInFlight
        )
    }

    /// Claims a job that has to be free.
    func claim(_ job: Int, _ terms: ClaimTerms = Self.terms()) async throws -> ClaimedAttempt {
        let claim = try await store.claimJob(id: job, terms: terms)
        guard case .claimed(let attempt) = claim else { throw NeverHappened(what: "a claim, found \(claim)") }
        return attempt
    }

    /// Brings a job into its lab under these numbers: several are a multinode group.
    @discardableResult
    func submit(_ job: Int, as numbers: [Int]) async throws -> ClaimedAttempt {
        let attempt = try await claim(job)
        let labJobs = numbers.enumerated().map { index, number in
            SubmittedLabJob(number: number, subID: numbers.count > 1 ? "\(numbers[0]).\(index)" : nil)
        }
        try await store.recordSubmission(attempt: attempt.id, labJobs: labJobs)
        return attempt
    }

    static func seen(_ number: Int, tag: UUID?, health: String = "Complete") -> LabJobObservation {
        LabJobObservation(
            number: number,
            tag: tag,
            health: health,
            device: "board-1",
            submitTime: Date(timeIntervalSince1970: 1_700_000_000),
            startTime: Date(timeIntervalSince1970: 1_700_000_010),
            endTime: Date(timeIntervalSince1970: 1_700_000_020)
        )
    }

    /// Brings a job into its lab and has the lab end it: its lab jobs' rows, in the order of their numbers.
    func endInLab(_ job: Int, _ healths: [Int: String], backend: String = "lab-a") async throws -> [Int] {
        let numbers = healths.keys.sorted()
        let attempt = try await submit(job, as: numbers)
        let rows = try await store.observeFinished(
            numbers.map { Self.seen($0, tag: attempt.id, health: healths[$0] ?? "Complete") },
            backend: backend
        ).map(\.id)
        try #require(rows.count == numbers.count)
        return try await integers("select id from lab_job where id = any(\(rows)) order by number")
    }

    static func result(_ name: String, _ status: ResultStatus, suite: String = "kselftest") -> ResultRow {
        ResultRow(
            suite: suite,
            suiteNumber: 3,
            name: name,
            status: status,
            measurement: nil,
            units: nil,
            startLogLine: nil,
            endLogLine: nil
        )
    }

    static func complete(_ jobs: [Int]) -> [JobEnd] {
        jobs.map { JobEnd(jobID: $0, outcome: .complete, reason: nil) }
    }
}

extension FleetStore {
    /// One finished lab job, which counts as announced from now.
    func labJobToFetch(id: Int) async throws -> LabJobToFetch? {
        try await labJobsToFetch([id], touchedAfter: .zero)[0]
    }

    /// Due jobs of a lab whose queue is as long as it may be.
    func takeDueJobs(backend: String, maximumInFlight: Int, limit: Int) async throws -> [AnnouncedJob] {
        let terms = QueueTerms(maximumInFlight: maximumInFlight, queueLength: 1000)
        return try await takeDueJobs(backend: backend, terms: terms, limit: limit)
    }
}

extension DoubtTerms {
    /// Short ones for tests.
    static let usual = DoubtTerms(
        settle: .seconds(30),
        secondLook: .seconds(600),
        cancelsExpired: true,
        giveUpAfter: .seconds(3600)
    )
}

extension FleetStore {
    /// Stores what became of an attempt in the lab: one job, or one group.
    @discardableResult
    func recordSubmission(
        attempt: UUID,
        labJobs: [SubmittedLabJob],
        isAdopted: Bool = false
    ) async throws -> [Int]? {
        try await recordSubmission(
            attempt: attempt,
            groups: [SubmittedGroup(labJobs)],
            isAdopted: isAdopted,
            terms: .usual
        )
    }
}
