// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// The fleet over the API of its gateway.
struct ServedFleet: FleetConnection {
    /// What asks it.
    let client: ServerClient

    func page(of jobset: UUID) -> String? { "\(client.address.root)/jobsets/\(jobset.text)" }

    func jobset(_ id: UUID) async throws -> Jobset {
        try await client.ask(Jobset.self, ServerRequest(get: "jobsets", id.text))
    }

    func jobsets(_ filter: JobsetFilter) async throws -> [Jobset] {
        let query = filter.query + (filter.state.map { [(name: "state", value: $0.rawValue)] } ?? [])
        return try await client.list(Jobset.self, ["jobsets"], query, pageSize: 100, limit: filter.limit)
    }

    func jobs(of id: UUID, _ filter: JobFilter, from: Int, limit: Int) async throws -> (jobs: [Job], total: Int) {
        let total = try await jobset(id).total
        guard from < total else { return ([], total) }
        return (try await list(jobsOf: id, filter, from: from, limit: limit), total)
    }

    /// Up to `limit` jobs of a jobset, from a position on.
    func list(jobsOf id: UUID, _ filter: JobFilter, from: Int, limit: Int) async throws -> [Job] {
        let all: [(name: String, value: String?)] = [
            ("from", "\(from)"), ("name", filter.name), ("environment", filter.environment),
            ("state", filter.state?.rawValue), ("outcome", filter.outcome?.rawValue), ("backend", filter.backend),
            ("failed", filter.hasFailed == true ? "true" : nil),
        ]
        let query = all.compactMap { name, value in value.map { (name: name, value: $0) } }
        return try await client.list(Job.self, ["jobsets", id.text, "jobs"], query, pageSize: 1_000, limit: limit)
    }

    func job(_ position: Int, of id: UUID) async throws -> Job {
        try await client.ask(Job.self, ServerRequest(get: "jobsets", id.text, "jobs", "\(position)"))
    }

    func results(of id: UUID, _ filter: ResultFilter) async throws -> [TestResult] {
        let query = [
            filter.position.map { (name: "job", value: "\($0)") },
            filter.status.map { (name: "status", value: $0.rawValue) },
            filter.includesLavaSuite ? (name: "lava", value: "true") : nil,
        ].compactMap(\.self)
        let path = ["jobsets", id.text, "results"]
        return try await client.list(TestResult.self, path, query, pageSize: 1_000, limit: filter.limit)
    }

    func report(of id: UUID, generation: Int?, as format: ReportFormat) async throws -> String {
        var request = ServerRequest(get: "jobsets", id.text, "report")
        request.query = [("format", format.rawValue)] + (generation.map { [("generation", "\($0)")] } ?? [])
        (request.extraTime, request.maximumBytes) = (.seconds(240), 256 << 20)
        return String(decoding: try await client.send(request).body, as: UTF8.self)
    }

    func comparison(of id: UUID, with baseline: UUID, environment: String?) async throws -> String {
        var request = ServerRequest(get: "jobsets", id.text, "comparison")
        request.query = [("baseline", baseline.text)] + (environment.map { [("environment", $0)] } ?? [])
        (request.extraTime, request.maximumBytes) = (ComparedPair.longest, 256 << 20)
        return String(decoding: try await client.send(request).body, as: UTF8.self)
    }

    /// How long a download may take.
    private static let longestDownload = Duration.seconds(12 * 3_600)

    func export(_ id: UUID, to sink: @escaping @Sendable ([UInt8]) throws(CommandFailure) -> Void) async throws {
        let request = ServerRequest(get: "jobsets", id.text, "archive")
        try await client.download(request, within: Self.longestDownload, sink)
    }

    func deliveries(of id: UUID) async throws -> [Delivery] {
        try await client.list(Delivery.self, ["jobsets", id.text, "deliveries"])
    }

    func tries(of delivery: UUID) async throws -> [DeliveryTry] {
        try await client.list(DeliveryTry.self, ["deliveries", delivery.text, "tries"])
    }
}
