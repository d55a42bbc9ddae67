// SPDX-License-Identifier: Apache-2.0

import AMQP
import CommandLine
import Fleet
import FleetOperations
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Postgres
import Reports

/// The fleet over its broker and its database.
struct DirectFleet: FleetConnection {
    /// Its configuration, and connections to it.
    let access: FleetAccess

    /// Where the labs' own pages are.
    private var labs: LabAddresses { access.configuration.labAddresses }

    func page(of jobset: UUID) -> String? {
        access.configuration.gateway.publicURL.map { root in
            "\(root.hasSuffix("/") ? String(root.dropLast()) : root)/jobsets/\(jobset.text)"
        }
    }

    func jobset(_ id: UUID) async throws -> Jobset {
        try await access.withStore { try await $0.jobset(orNone: id) }
    }

    func jobsets(_ filter: JobsetFilter) async throws -> [Jobset] {
        try await access.withStore { try await $0.jobsets(filter) }
    }

    func jobs(of id: UUID, _ filter: JobFilter, from: Int, limit: Int) async throws -> (jobs: [Job], total: Int) {
        let (found, total) = try await access.withStore { store in
            let jobset = try await store.jobset(orNone: id)
            return (try await store.jobs(of: id, from: from, limit: limit, filter), jobset.total)
        }
        return (found.map { $0.linked(labs) }, total)
    }

    func export(_ id: UUID, to sink: @escaping @Sendable ([UInt8]) throws(CommandFailure) -> Void) async throws {
        try await access.withStore { store in
            let export = JobsetExport(of: try await store.jobset(orNone: id), in: store, labs: labs) { text in
                try? MaskedDefinition.text(of: text)
            }
            var pieces = PieceSink(take: sink)
            try await export.write(to: &pieces)
        }
    }

    func job(_ position: Int, of id: UUID) async throws -> Job {
        try await access.withStore { store in
            let jobset = try await store.jobset(orNone: id)
            let found = try await store.jobs(of: id, from: position, limit: 1).first
            guard let job = found, job.position == position else {
                throw FleetRefusal.noSuchJob(jobset: id.text, position: position, total: jobset.total)
            }
            return job.with(try await store.attempts(of: id, position: position)).linked(labs)
        }
    }

    func results(of id: UUID, _ filter: ResultFilter) async throws -> [TestResult] {
        let results = try await access.withStore { store in
            try await store.jobset(orNone: id).requireResults()
            return try await store.results(of: id, filter)
        }
        return results.map { $0.linked(labs) }
    }

    func report(of id: UUID, generation: Int?, as format: ReportFormat) async throws -> String {
        try await access.withStore { try await $0.report(of: id, generation: generation, as: format) }
    }

    func comparison(of id: UUID, with baseline: UUID, environment: String?) async throws -> String {
        let (pair, difference) = try await access.withStore { store in
            let pair = try ComparedPair(
                try await store.jobset(orNone: id),
                with: try await store.jobset(orNone: baseline)
            )
            do {
                let limit = ReportLimits.json.comparedTests
                let difference = try await store.difference(
                    of: id,
                    from: baseline,
                    environment: environment,
                    limit: limit,
                    metricLimit: limit,
                    within: ComparedPair.longest
                )
                return (pair, difference)
            } catch let failure as QuestionFailure {
                let advice = environment == nil ? ["  name one --environment"] : []
                throw CommandFailure(.unreachable, lines: ["the jobsets could not be compared: \(failure)"] + advice)
            }
        }
        return try JSONReport.comparison(
            of: pair.jobset,
            ReportedComparison(difference, with: pair.baseline, labs),
            ReportedMetrics(difference.tests.metrics, total: difference.tests.metricTotal)
        )
    }

    func deliveries(of id: UUID) async throws -> [Delivery] {
        try await access.withStore { store in
            _ = try await store.jobset(orNone: id)
            return try await store.deliveries(of: id)
        }
    }

    func tries(of delivery: UUID) async throws -> [DeliveryTry] {
        guard let tries = try await access.withStore({ try await $0.tries(of: delivery) }) else {
            throw FleetRefusal.noSuchDelivery(id: delivery.text)
        }
        return tries
    }
}

extension FleetStore {
    /// A jobset.
    ///
    /// - Throws: `FleetRefusal` when there is none of this id.
    func jobset(orNone id: UUID) async throws -> Jobset {
        guard let status = try await jobset(id: id) else { throw FleetRefusal.noSuchJobset(id: id.text) }
        return status
    }
}

/// Hands an archive on, piece by piece.
private struct PieceSink: ArchiveSink {
    let take: @Sendable ([UInt8]) throws(CommandFailure) -> Void

    @concurrent mutating func write(_ bytes: [UInt8]) async throws { try take(bytes) }
}

/// Who is at the keyboard, for what others will wonder about later.
enum Author {
    /// The longest reason, in Unicode scalars.
    private static let longestReason = 500

    /// Whoever has logged in.
    static func actor(name: String = NSUserName()) -> Actor {
        Actor(name: HarmlessText.line(name.isEmpty ? "somebody" : name, limit: 100))
    }

    /// A reason as it is shown to others: one line.
    static func reason(_ text: String?) -> String? { text.map { HarmlessText.line($0, limit: longestReason) } }
}
