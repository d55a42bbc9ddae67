// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetObjects
import FleetStore
import Foundation

/// The fleet over the API of its gateway.
struct ServedFleet: FleetConnection {
    /// What asks it.
    let client: ServerClient

    func jobset(_ id: UUID) async throws -> JobsetObject {
        try await found(.noJobset(id)) {
            try await client.ask(JobsetObject.self, ServerRequest(get: "jobsets", id.text))
        }
    }

    func jobsets(_ filter: JobsetFilter) async throws -> [JobsetObject] {
        let query = [
            filter.group.map { (name: "group", value: $0) }, filter.project.map { (name: "project", value: $0) },
            filter.state.map { (name: "state", value: $0.rawValue) },
        ].compactMap(\.self)
        return try await client.list(JobsetObject.self, ["jobsets"], query, pageSize: 100, limit: filter.limit)
    }

    func jobs(of id: UUID, from: Int, limit: Int) async throws -> (jobs: [JobObject], total: Int) {
        let total = try await jobset(id).total
        guard from < total else { return ([], total) }
        let query = [(name: "from", value: "\(from)")]
        let path = ["jobsets", id.text, "jobs"]
        return (try await client.list(JobObject.self, path, query, pageSize: 1_000, limit: limit), total)
    }

    func job(_ position: Int, of id: UUID) async throws -> JobObject {
        do {
            return try await client.ask(JobObject.self, ServerRequest(get: "jobsets", id.text, "jobs", "\(position)"))
        } catch let refusal as ServerRefusal where refusal.problem.status == 404 {
            throw CommandFailure.noJob(position, of: id, total: try await jobset(id).total)
        }
    }

    func results(of id: UUID, _ filter: ResultFilter) async throws -> [ResultObject] {
        let query = [
            filter.position.map { (name: "job", value: "\($0)") },
            filter.status.map { (name: "status", value: $0.rawValue) },
            filter.includesLavaSuite ? (name: "lava", value: "true") : nil,
        ].compactMap(\.self)
        return try await found(.noJobset(id)) {
            let path = ["jobsets", id.text, "results"]
            return try await client.list(ResultObject.self, path, query, pageSize: 1_000, limit: filter.limit)
        }
    }

    func report(of id: UUID, generation: Int?, as format: ReportFormat) async throws -> String {
        do {
            return String(decoding: try await client.send(reportRequest(id, generation, format)).body, as: UTF8.self)
        } catch let refusal as ServerRefusal where refusal.problem.status == 404 {
            let jobset = try await jobset(id)
            // One that is there as JSON was made before there was this form.
            guard format != .json, (try? await client.send(reportRequest(id, generation, .json))) != nil else {
                throw CommandFailure.noReport(of: jobset, generation)
            }
            throw CommandFailure.noReport(as: format)
        }
    }

    private func reportRequest(_ id: UUID, _ generation: Int?, _ format: ReportFormat) -> ServerRequest {
        var request = ServerRequest(get: "jobsets", id.text, "report")
        request.query = [("format", format.rawValue)] + (generation.map { [("generation", "\($0)")] } ?? [])
        (request.extraTime, request.maximumBytes) = (.seconds(240), 256 << 20)
        return request
    }

    func deliveries(of id: UUID) async throws -> [DeliveryObject] {
        try await found(.noJobset(id)) {
            try await client.list(DeliveryObject.self, ["jobsets", id.text, "deliveries"])
        }
    }

    func tries(of delivery: UUID) async throws -> [TryObject] {
        try await found(.noDelivery(delivery)) {
            try await client.list(TryObject.self, ["deliveries", delivery.text, "tries"])
        }
    }

    /// What `body` finds; `failure` where the server says that it is not there, or not for this token.
    func found<Result>(_ failure: CommandFailure, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let refusal as ServerRefusal where refusal.problem.status == 404 {
            throw failure
        }
    }
}
