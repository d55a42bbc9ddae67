// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import JobFiles

extension ServedFleet {
    func documentRules() async throws -> DocumentRules {
        try await client.ask(DocumentRules.self, ServerRequest(get: "document-rules"))
    }

    var hasKeyedJobsets: Bool { true }

    func arrivals(in id: UUID) async throws -> (messages: Set<UUID>, total: Int?) {
        // A token that may submit and not read has all of it sent again, which does no harm.
        let messages = try await ifThere {
            try await client.list(TakenMessage.self, ["jobsets", id.text, "additions"], pageSize: 10_000)
        }
        let jobset = try await ifThere {
            try await client.ask(Jobset.self, ServerRequest(get: "jobsets", id.text))
        }
        return (Set((messages ?? []).map(\.id)), jobset?.total)
    }

    /// What `body` finds; nil where there is no such jobset, or none that the token may see.
    private func ifThere<Result>(_ body: () async throws -> Result) async throws -> Result? {
        do {
            return try await body()
        } catch FleetRefusal.noSuchJobset {
            return nil
        }
    }

    func withPost<Result: Sendable>(_ body: (any DocumentPost) async throws -> Result) async throws -> Result {
        try await body(ServedPost(client: client))
    }

    func withWatch<Result: Sendable>(
        of id: UUID,
        _ body: (any JobsetWatch) async throws -> Result
    ) async throws -> Result {
        try await body(ServedWatch(fleet: self, id: id))
    }
}

/// Hands documents to the gateway, which brings them to ingest.
struct ServedPost: DocumentPost {
    let client: ServerClient

    private struct Total: Encodable {
        let total: Int
    }

    func send(_ document: OutgoingDocument, timeout: Seconds) async throws -> PostOutcome {
        do {
            switch document {
            case .jobset(let body, let id):
                let request = ServerRequest(post: body, "jobsets", key: id, extraTime: timeout.duration)
                let accepted = try await client.ask(AcceptedJobset.self, request)
                return outcome(accepted.id, accepted.total, accepted.isQueued)
            case .jobs(let jobs, let jobset, let id):
                return try await add(MessageText.addition(jobs: jobs), to: jobset, id, timeout)
            case .total(let total, let jobset, let id):
                return try await add(Array(try JSONEncoder().encode(Total(total: total))), to: jobset, id, timeout)
            }
        } catch let refusal as FleetRefusal {
            return .answered(.refused(Problem(refusal)))
        } catch let refusal as ServerRefusal where [400, 404, 409].contains(refusal.problem.status) {
            return .answered(.refused(refusal.problem))
        }
    }

    private func add(_ body: [UInt8], to jobset: UUID, _ id: UUID, _ timeout: Seconds) async throws -> PostOutcome {
        let request = ServerRequest(post: body, "jobsets", jobset.text, "jobs", key: id, extraTime: timeout.duration)
        let added = try await client.ask(AddedJobs.self, request)
        return outcome(added.id, added.total, added.isQueued)
    }

    private func outcome(_ id: UUID, _ total: Int, _ isQueued: Bool?) -> PostOutcome {
        guard isQueued == true else { return .answered(.accepted(id: id, total: total)) }
        return .unanswered(
            IngestSilence(
                limit: "the gateway in time",
                cause: "are muster-ingest and its database running?",
                jobset: id
            )
        )
    }
}

/// Asks the gateway, which answers at the jobset's end or after a while.
struct ServedWatch: JobsetWatch {
    let fleet: ServedFleet
    let id: UUID

    func look(within pause: Duration) async throws -> Jobset {
        let seconds = pause.components.seconds + (pause.components.attoseconds > 0 ? 1 : 0)
        var request = ServerRequest(get: "jobsets", id.text)
        if seconds > 0 { request.query = [("wait", "\(seconds)")] }
        request.extraTime = .seconds(seconds)
        let question = request
        let start = ContinuousClock.now
        let jobset = try await fleet.client.ask(Jobset.self, question)
        let early = pause - (ContinuousClock.now - start)
        // Somebody who does not wait for its end is not asked without a pause.
        if jobset.state != .finished, early > .zero { try await Task.sleep(for: early) }
        return jobset
    }

    func jobs(_ filter: JobFilter, from: Int, limit: Int) async throws -> [Job] {
        try await fleet.list(jobsOf: id, filter, from: from, limit: limit)
    }
}
