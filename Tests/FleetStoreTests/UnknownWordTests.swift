// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

/// What a later version has stored, or somebody's hand: it is left alone, and never read as something else.
@Suite("Words that this version does not know", .timeLimit(.minutes(10)))
struct UnknownWordTests {
    private static let lease = Duration.seconds(600)

    private static func ended(_ test: TestStore, callback: String? = "http://receiver.example/done") async throws
        -> UUID
    {
        let id = UUID()
        let document = try TestStore.document(jobs: 0, callback: callback)
        _ = try await test.store.acceptJobset(id: id, document: document)
        return id
    }

    /// As a later version's migration would.
    private static func lift(_ constraints: [String], of table: String, _ test: TestStore) async throws {
        for constraint in constraints {
            try await test.client.execute(
                "alter table \(identifier: table) drop constraint if exists \(identifier: constraint)"
            )
        }
    }

    @Test("A delivery of an unknown kind, or of an unknown event, is claimed by nobody and stays as it is")
    func kindsAndEvents() async throws {
        try await TestStore.with { test in
            try await Self.lift(["delivery_kind_check", "delivery_event_check"], of: "delivery", test)
            let id = try await Self.ended(test)
            try await test.client.execute("update delivery set kind = 'carrier_pigeon' where kind = 'report'")
            try await test.client.execute("update delivery set event = 'halfway' where kind = 'callback'")
            #expect(try await test.store.claimDeliveries(limit: 10, lease: Self.lease).isEmpty)
            let rows = try await test.client.query(
                "select kind, event, state, tries::bigint, claimed_until is null from delivery order by kind"
            ).map { try $0.decode(String.self, String.self, String.self, Int.self, Bool.self) }
            #expect(rows.map(\.0) == ["callback", "carrier_pigeon"])
            #expect(rows.map(\.1) == ["halfway", "finished"])
            #expect(rows.allSatisfy { $0.2 == "due" && $0.3 == 0 && $0.4 })
            #expect(Set(try await test.store.deliveries(of: id).map(\.kind)) == ["callback", "carrier_pigeon"])
        }
    }

    @Test("A delivery that can't be read is put off and told of by its row; those beside it are claimed")
    func unreadable() async throws {
        try await TestStore.with { test in
            let (first, spoilt) = (try await Self.ended(test), try await Self.ended(test))
            try await test.client.execute(
                "update jobset set callback = callback || '{\"method\": \"carrier_pigeon\"}' where id = \(spoilt)"
            )
            var told: [UnreadableDelivery] = []
            let claimed = try await test.store.claimDeliveries(limit: 10, lease: Self.lease) { told.append($0) }
            #expect(claimed.count == 3)
            #expect(Set(claimed.filter { $0.kind == .callback }.map(\.jobsetID)) == [first])
            #expect(told.count == 1)
            let row = try #require(
                try await test.client.query(
                    """
                    select id, claimed_until is null, due_at > now() + interval '5 minutes', tries::bigint, last_error
                    from delivery where jobset_id = \(spoilt) and kind = 'callback' and state = 'due'
                    """
                ).first
            )
            let (id, isFree, isLater, tries, error) = try row.decode(
                UUID.self,
                Bool.self,
                Bool.self,
                Int.self,
                String?.self
            )
            #expect(told.first?.id == id)
            #expect(isFree)
            #expect(isLater)
            #expect(tries == 0)
            #expect(error?.contains("can't read it") == true)
        }
    }

    @Test(
        "A state, an outcome, a verdict or a status is an error that names its column",
        arguments: [("jobset", "verdict"), ("jobset", "state"), ("job", "outcome"), ("job", "state")]
    )
    func states(_ table: String, _ column: String) async throws {
        try await TestStore.with { test in
            let id = UUID()
            _ = try await test.store.acceptJobset(id: id, document: try TestStore.document(jobs: 1, callback: nil))
            let jobs = try await test.store.jobs(of: id).map(\.id)
            _ = try await test.store.finishJobs(TestStore.complete(jobs))
            let constraints = try await test.client.query(
                "select conname::text from pg_constraint where conrelid = \(table)::regclass and contype = 'c'"
            ).map { try $0.decode(String.self) }
            try await Self.lift(constraints, of: table, test)
            try await test.client.execute("update \(identifier: table) set \(identifier: column) = 'splendid'")
            let error = try await #require(throws: PostgresError.self) {
                if table == "jobset" {
                    _ = try await test.store.jobset(id: id)
                } else {
                    _ = try await test.store.jobs(of: id)
                }
            }
            #expect(error.code == .decoding)
            #expect(error.column == column)
        }
    }
}
