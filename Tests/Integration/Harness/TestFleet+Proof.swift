// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetQueues
import FleetStore
import Foundation
import Postgres
import Testing

/// What must hold in the end.
extension TestFleet {
    /// Every attempt that was brought into a lab.
    func attempts() async throws -> [UUID] {
        try await postgres.query("select id from attempt where submitted_at is not null", idempotent: true)
            .map { try $0.decode(UUID.self) }
    }

    /// Everything that must hold when jobsets have ended, whatever happened on the way.
    func expectExactlyOnce(
        _ ids: [UUID],
        labs: [String] = ["lab-a"],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let attempts = try await attempts().map { $0.uuidString.lowercased() }
        var made: [String: Int] = [:]
        for lab in labs { made.merge(try labJobsByTag(lab)) { $0 + $1 } }
        #expect(Set(made.keys) == Set(attempts), "an attempt for each lab job", sourceLocation: sourceLocation)
        let repeated = made.filter { $0.value != 1 }
        #expect(repeated.isEmpty, "each attempt is one lab job", sourceLocation: sourceLocation)
        for id in ids {
            let status = try #require(try await store.jobset(id: id), sourceLocation: sourceLocation)
            #expect(status.state == .finished, sourceLocation: sourceLocation)
            #expect(status.pending == 0, sourceLocation: sourceLocation)
            #expect(status.outcomes.values.reduce(0, +) == status.total, sourceLocation: sourceLocation)
            let attemptsPerJob = try await store.jobs(of: id).map(\.attempts)
            #expect(attemptsPerJob.allSatisfy { $0 == 1 }, sourceLocation: sourceLocation)
            let events = try await store.deliveries(of: id).filter { $0.kind == "callback" }
            #expect(events.count == 1, "one callback", sourceLocation: sourceLocation)
            #expect(events.allSatisfy { $0.state == "delivered" }, sourceLocation: sourceLocation)
        }
        #expect(receiver.events.count == ids.count, "one event a jobset", sourceLocation: sourceLocation)
        #expect(try await store.counterMismatches(limit: 10).isEmpty, sourceLocation: sourceLocation)
        #expect(try await store.correctTurns() == 0, "no turn is miscounted", sourceLocation: sourceLocation)
        let dead = try await withSession { try await $0.messageCount(self.topology.dead)?.messages }
        #expect(dead == 0, "nothing is put aside", sourceLocation: sourceLocation)
    }
}
