// SPDX-License-Identifier: Apache-2.0

import AMQP
import CommandLine
import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import JobFiles
import Postgres

extension DirectFleet {
    /// How long one look may wait for a connection, so that an absence is told soon.
    private static let watchPatience = Duration.seconds(2)

    func documentRules() -> DocumentRules {
        let configuration = access.configuration
        return DocumentRules(limits: configuration.documentLimits, backends: configuration.backends.keys)
    }

    var hasKeyedJobsets: Bool { false }

    func arrivals(in id: UUID) async throws -> (messages: Set<UUID>, total: Int?) {
        try await access.withStore { store in
            (try await store.additions(of: id), try await store.jobset(id: id)?.total)
        }
    }

    func withPost<Result: Sendable>(_ body: (any DocumentPost) async throws -> Result) async throws -> Result {
        do {
            return try await access.withSession { session in
                try await access.withPublisher { publisher in
                    try await body(DirectPost(topology: access.topology, session: session, publisher: publisher))
                }
            }
        } catch let error as AMQPError {
            throw FleetAbsence(explaining: error)
        }
    }

    func withWatch<Result: Sendable>(
        of id: UUID,
        _ body: (any JobsetWatch) async throws -> Result
    ) async throws -> Result {
        try await access.withUncheckedStore(patience: Self.watchPatience) { store in
            try await body(DirectWatch(store: store, id: id))
        }
    }
}

/// Looks into the database.
struct DirectWatch: JobsetWatch {
    let store: FleetStore
    let id: UUID

    func look(within pause: Duration) async throws -> Jobset {
        try await Task.sleep(for: pause)
        return try await asking {
            // Looked at each time: it may be migrated while somebody waits.
            try await store.requireSuitableSchema()
            return try await store.jobset(orNone: id)
        }
    }

    func jobs(_ filter: JobFilter, from: Int, limit: Int) async throws -> [Job] {
        try await asking { try await store.jobs(of: id, from: from, limit: limit, filter) }
    }

    private func asking<Answer>(_ question: () async throws -> Answer) async throws -> Answer {
        do {
            return try await question()
        } catch let error as PostgresError where error.mayPass {
            throw FleetAbsence(explaining: error)
        }
    }
}

extension PostgresError {
    /// Whether the same question may be answered later without anybody changing anything here.
    fileprivate var mayPass: Bool {
        isRetriable || isConnectionLoss || code == .poolTimeout || code == .connection
            // 57: the server is going down or coming up, 53: it has no room at present, 08: the connection broke.
            || ["08", "53", "57"].contains(sqlState?.errorClass)
    }
}

extension FleetAbsence {
    /// The broker is away, or does not do as it should.
    init(explaining error: AMQPError) {
        self.init(
            who: "the broker",
            reason: "\(error)",
            advice: "check broker.url and that RabbitMQ runs; `muster doctor` checks everything",
            mayPass: error.isRetriable
        )
    }

    /// The database is away, or does not do as it should.
    init(explaining error: PostgresError) {
        self.init(
            who: "the database",
            reason: "\(error)",
            advice: "check database.url and that PostgreSQL runs; `muster doctor` checks everything"
        )
    }
}

/// Connections to the broker, over which documents go to ingest.
struct DirectPost: DocumentPost {
    let topology: FleetTopology
    let session: AMQPSession
    let publisher: FleetPublisher

    /// Publishes a document, confirmed, and waits for its answer.
    func send(_ document: OutgoingDocument, timeout: Seconds) async throws -> PostOutcome {
        // A queue for each: an answer that comes twice is never taken for that to the next document.
        let answers = AnswerQueue(topology: topology, session: session)
        try await answers.declare()
        try await publish(document, answers)
        let outcome: PostOutcome
        if let answer = try await answers.first(within: timeout.duration) {
            outcome = .answered(answer)
        } else {
            let consumers = try await session.messageCount(topology.jobsets)?.consumers ?? 0
            outcome = .unanswered(IngestSilence(queue: topology.jobsets, consumers: consumers, after: timeout))
        }
        // The broker removes it after a while anyway.
        try? await answers.remove()
        return outcome
    }

    private func publish(_ document: OutgoingDocument, _ answers: AnswerQueue) async throws {
        switch document {
        case .jobset(let body, let id):
            try await publisher.publish(
                jobset: body,
                id: id,
                replyTo: answers.name,
                correlationID: answers.correlationID,
                traceParent: .ofProcess
            )
        case .jobs(let jobs, let jobset, let id):
            try await publish(addition: MessageText.addition(to: jobset, jobs: jobs), id: id, answers)
        case .total(let total, let jobset, let id):
            try await publish(addition: MessageText.declaration(of: total, for: jobset), id: id, answers)
        }
    }

    private func publish(addition body: [UInt8], id: UUID, _ answers: AnswerQueue) async throws {
        try await publisher.publish(
            addition: body,
            id: id,
            replyTo: answers.name,
            correlationID: answers.correlationID,
            traceParent: .ofProcess
        )
    }
}

extension IngestSilence {
    /// Nothing has come, although so many take from ingest's queue.
    init(queue: String, consumers: Int, after timeout: Seconds) {
        self.init(
            limit: "within \(timeout) s",
            cause: consumers == 0
                ? "no worker receives from the queue \(queue): start muster-ingest"
                : "\(consumers) receive from the queue \(queue): see the log of muster-ingest and its database"
        )
    }
}
