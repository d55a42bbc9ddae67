// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Foundation
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
        do {
            // Looked at each time: it may be migrated while somebody waits.
            try await store.requireCurrentSchema()
            return try await store.jobset(orNone: id)
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
