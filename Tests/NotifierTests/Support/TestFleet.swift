// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import ServiceLifecycle

@testable import Notifier

/// A schema and a set of queues for one test alone, on the servers that the environment names.
struct TestFleet: Sendable {
    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    let configuration: FleetConfiguration
    let parts: FleetParts
    var store: FleetStore { parts.store }

    /// Runs `body` with a fleet whose section `notifier` holds `settings`, and removes all of it afterwards.
    static func with<Outcome: Sendable>(
        _ settings: [String] = [],
        secret: Bool = true,
        callback: [String] = [],
        sections: [String] = [],
        _ body: @escaping @Sendable (TestFleet) async throws -> Outcome
    ) async throws -> Outcome {
        let name = TestServers.uniqueName("test")
        let configuration = try configuration(
            name: name,
            settings: settings,
            secret: secret,
            callback: callback,
            sections: sections
        )
        let parts = try FleetParts(name: "notifier-tests", configuration: configuration, logger: quietLogger)
        return try await withSchema(name) {
            try await withQueues(of: parts.topology) {
                try await withServices(parts.services) {
                    _ = try await parts.store.migrate()
                    try await parts.store.registerBackends(["lab-a"])
                    return try await body(TestFleet(configuration: configuration, parts: parts))
                }
            }
        }
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
        let id = UUID()
        guard let build = Build("/group/project/v1") else { throw NeverHappened(what: "a build") }
        let entry = JobEntry(environment: environment, backend: "lab-a", definition: "job_name: test")
        let document = JobsetDocument(
            build: build,
            callback: callback,
            jobs: Array(repeating: entry, count: jobs),
            labels: ["branch": "master"],
            report: report
        )
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

    private static func configuration(
        name: String,
        settings: [String],
        secret: Bool,
        callback: [String],
        sections: [String]
    ) throws -> FleetConfiguration {
        let text = """
            broker:
              prefix: \(name)
            database:
              schema: \(name)
              maximum_connections: 4
            backends:
              lab-a:
                url: https://lava.example.org/
            callback:
              \(secret ? "secret: \(Self.secret)" : "# not signed")
              allowed_networks: [127.0.0.0/8]
            \(callback.map { "  " + $0 }.joined(separator: "\n"))
            \(sections.joined(separator: "\n"))
            notifier:
              poll_interval_seconds: 0.1
              retry_schedule_seconds: [0.05, 0.05, 0.05]
            \(settings.map { "  " + $0 }.joined(separator: "\n"))
            """
        // What is said twice is not YAML; a test's setting takes the place of ours.
        let keys = settings.compactMap { $0.split(separator: ":").first }
        let lines = text.split(separator: "\n").enumerated().filter { index, line in
            let isOurs = index < text.split(separator: "\n").count - settings.count
            return !(isOurs && keys.contains { line.trimmingCharacters(in: .whitespaces).hasPrefix("\($0):") })
        }
        return try FleetConfiguration.load(
            text: lines.map(\.element).joined(separator: "\n"),
            environment: ["MUSTER_BROKER_URL": TestServers.broker, "MUSTER_DATABASE_URL": TestServers.database]
        )
    }
}
