// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Fleet
import FleetAssembly
import FleetQueues
import FleetStore
import Foundation
import ServiceLifecycle

@testable import Notifier

extension TestFleet {
    /// Lends a fleet whose section `notifier` holds `settings`, with what else is told of callbacks and in other sections.
    static func with<Outcome: Sendable>(
        _ settings: [String: String] = [:],
        isSigned: Bool = true,
        callback: [String: String] = [:],
        sections: Settings = [:],
        _ body: (TestFleet) async throws -> Outcome
    ) async throws -> Outcome {
        let pauses = ["poll_interval_seconds": "0.1", "retry_schedule_seconds": "[0.05, 0.05, 0.05]"]
        var all = callbacks.overridden(by: ["callback": callback, "notifier": pauses])
            .overridden(by: ["notifier": settings])
            .overridden(by: sections)
        if !isSigned { all["callback"]?["secret"] = nil }
        return try await with(
            labs: ["lab-a": LabAddress(url: "https://lava.example.org/")],
            settings: all,
            companions: .publisher,
            body
        )
    }

    /// Runs `count` notifiers around `body`, and stops them gracefully.
    func withNotifiers<Outcome: Sendable>(
        _ count: Int = 1,
        resolver: HostResolver = HostResolver(),
        _ body: () async throws -> Outcome
    ) async throws -> Outcome {
        var services: [any Service] = []
        for number in 1...count {
            let parts = try FleetParts(name: "notifier-\(number)", configuration: configuration, logger: quietLogger)
            services += parts.services + (try NotifierServices(parts, resolver: resolver).services)
        }
        return try await withServices(services, body)
    }

    /// Stores a jobset of one job and finishes it, as a watcher would: store first, then the message.
    @discardableResult
    func finishJobset(
        callback: CallbackRequest?,
        outcome: JobOutcome = .complete,
        jobs: Int = 1,
        reason: String = "Infrastructure: no board",
        environment: String = "qemu-arm64",
        report: ReportRequest? = nil,
        isAnnounced: Bool = true
    ) async throws -> UUID {
        guard let build = Build("/group/project/v1") else { throw NeverHappened(what: "a build") }
        let entry = JobEntry(environment: environment, backend: "lab-a", definition: "job_name: test")
        let document = JobsetDocument(
            build: build,
            callback: callback,
            jobs: Array(repeating: entry, count: jobs),
            labels: ["branch": "master"],
            report: report
        )
        return try await finish(document, outcome: outcome, reason: reason, isAnnounced: isAnnounced)
    }

    /// Stores a document's jobset and finishes it, as a watcher would: store first, then the message.
    @discardableResult
    func finish(
        _ document: JobsetDocument,
        outcome: JobOutcome = .complete,
        reason: String = "Infrastructure: no board",
        isAnnounced: Bool = true
    ) async throws -> UUID {
        let id = UUID()
        guard case .accepted(_, _, let empty) = try await store.acceptJobset(id: id, document: document)
        else { throw NeverHappened(what: "the jobset was accepted") }
        let ends = try await store.jobs(of: id).map { job in
            JobEnd(
                jobID: job.id,
                outcome: outcome,
                reason: outcome == .complete ? nil : reason,
                tests: TestCounts(pass: 3, fail: 0, skip: 0, unknown: 0)
            )
        }
        let finished = try await store.finishJobs(ends) + (empty.map { [$0] } ?? [])
        if isAnnounced { try await parts.publisher.announce(finished: finished) }
        return id
    }

    /// Ends the jobs of a jobset that was sent out again, all well.
    func finishAgain(_ id: UUID) async throws {
        let ends = try await store.jobs(of: id).filter { $0.outcome == nil }.map { job in
            JobEnd(
                jobID: job.id,
                outcome: .complete,
                reason: nil,
                tests: TestCounts(pass: 3, fail: 0, skip: 0, unknown: 0)
            )
        }
        try await parts.publisher.announce(finished: try await store.finishJobs(ends))
    }

    func callback(of jobset: UUID) async throws -> Delivery? {
        try await store.deliveries(of: jobset).first { $0.kind == "callback" }
    }

    func isOver(_ jobset: UUID) async throws -> Bool {
        let deliveries = try await store.deliveries(of: jobset)
        return !deliveries.isEmpty && deliveries.allSatisfy { $0.state != "due" }
    }
}
