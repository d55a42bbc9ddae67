// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import NIOHTTP1

extension ServedFleet {
    func seal(_ id: UUID) async throws -> SealedJobset {
        let request = try ServerRequest(.POST, "jobsets", id.text, "seal", isRepeatable: true)
        return try await client.ask(SealedJobset.self, request)
    }

    private struct Cancel: Encodable {
        let reason: String?
        let jobs: [Int]?
    }

    func cancel(_ id: UUID, jobs: Set<Int>, reason: String?) async throws -> CanceledJobset {
        let body = Cancel(reason: reason, jobs: jobs.isEmpty ? nil : jobs.sorted())
        let request = try ServerRequest(.POST, "jobsets", id.text, "cancel", body: body, isRepeatable: true)
        return try await client.ask(CanceledJobset.self, request)
    }

    private struct Retry: Encodable {
        var select: String?
        var jobs: [Int]?
    }

    func retry(_ id: UUID, _ selection: RetrySelection) async throws -> RetriedJobset {
        var body = Retry()
        switch selection {
        case .failed: body.select = "failed"
        case .all: body.select = "all"
        case .jobs(let jobs): body.jobs = jobs.sorted()
        }
        let request = try ServerRequest(.POST, "jobsets", id.text, "retry", body: body, isRepeatable: false)
        return try await client.ask(RetriedJobset.self, request)
    }

    /// A limit that is taken away is `null`, one that stays is not named.
    private struct Change: Encodable {
        let change: JobsetChange

        private enum Keys: String, CodingKey {
            case maxFailures = "max_failures"
            case priority, timeout
            case isKept = "is_kept"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            if let limit = change.maxFailures { try container.encode(limit.map { "\($0)" }, forKey: .maxFailures) }
            try container.encodeIfPresent(change.priority, forKey: .priority)
            try container.encodeIfPresent(change.isKept, forKey: .isKept)
            if let timeout = change.timeout { try container.encode(timeout?.components.seconds, forKey: .timeout) }
        }
    }

    func change(_ id: UUID, _ change: JobsetChange) async throws -> ChangedJobset {
        let request = try ServerRequest(.PATCH, "jobsets", id.text, body: Change(change: change), isRepeatable: true)
        return try await client.ask(ChangedJobset.self, request)
    }

    func redeliver(_ delivery: UUID) async throws -> [RepeatedDelivery] {
        let request = try ServerRequest(.POST, "deliveries", delivery.text, "redeliver", isRepeatable: false)
        return [try await client.ask(RepeatedDelivery.self, request)]
    }

    private struct Bulk: Encodable {
        let preview: Bool
        let reason: String?
    }

    func bulk(_ request: BulkRequest, isPreview: Bool, reason: String?) async throws -> BulkOutcome {
        let body = Bulk(preview: isPreview, reason: reason)
        var asked = try ServerRequest(.POST, "bulk", request.action.rawValue, body: body, isRepeatable: isPreview)
        asked.query = request.query
        // One after another, for as long as a gateway goes on.
        asked.extraTime = .seconds(60)
        return try await client.ask(BulkOutcome.self, asked)
    }

    private struct Redelivered: Decodable {
        let items: [RepeatedDelivery]
    }

    func redeliverFailed(of id: UUID) async throws -> [RepeatedDelivery] {
        let request = try ServerRequest(.POST, "jobsets", id.text, "redeliver", isRepeatable: false)
        return try await client.ask(Redelivered.self, request).items
    }
}

extension BulkRequest {
    /// The parameters of the API.
    fileprivate var query: [(name: String, value: String)] {
        let all: [(name: String, value: String?)] = [
            ("reason_contains", reason), ("cursor", filter.after?.cursor.text), ("limit", "\(filter.limit)"),
        ]
        return filter.query + all.compactMap { name, value in value.map { (name: name, value: $0) } }
    }
}

extension JobsetFilter {
    /// The parameters of the API for what is the same wherever jobsets are chosen.
    var query: [(name: String, value: String)] {
        let all: [(name: String, value: String?)] = [
            ("id", idPrefix?.description), ("group", group), ("project", project), ("build", version),
            ("verdict", verdict?.rawValue), ("backend", backend), ("environment", environment),
            ("created_after", createdAfter?.formatted(Self.time)),
            ("created_before", createdBefore?.formatted(Self.time)),
        ]
        let labels = labels.sorted { $0.key < $1.key }.map { (name: "label", value: "\($0.key)=\($0.value)") }
        return all.compactMap { name, value in value.map { (name: name, value: $0) } } + labels
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

extension ServedFleet {
    func reportResult(_ body: [UInt8], ofJob id: Int) async throws -> Receipt {
        // The same result again is harmless.
        var request = ServerRequest(get: "jobs", "\(id)", "result")
        request.method = .POST
        request.body = body
        request.extraTime = .seconds(body.count / ServerRequest.slowestBytesPerSecond)
        return try await client.ask(Receipt.self, request)
    }
}
