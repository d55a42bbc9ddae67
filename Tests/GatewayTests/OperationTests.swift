// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetStore
import Foundation
import Synchronization
import Testing

@Suite("Operations, whoever asks for them")
struct OperationTests {
    @Test("What ends a jobset is announced, and what ends none is not; nothing is audited of the fleet's own machines")
    func announced() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let document = TestGateway.document(more: #", "open": true"#)
            let id = try gateway.uuid(try await gateway.submit(document, token: token))
            let announced = Announced()
            let fleet = FleetOperations(store: gateway.store, backends: ["lab-a"]) { announced.add($0) }
            let eve = Actor(name: "eve")
            #expect(try await !fleet.seal(id, by: eve).isFinished)
            #expect(announced.all.isEmpty)
            #expect(try await fleet.cancel(id, reason: nil, by: eve).isFinished)
            #expect(announced.all == [FinishedJobset(id: id, generation: 1)])
            #expect(try await gateway.store.jobset(id: id)?.canceledReason == "by eve")
            #expect(try await gateway.store.audit(AuditFilter(), limit: 9).map(\.action) == ["submit"])
        }
    }

    @Test("What is asked for over HTTP is written down before it is done, with what the door says of it")
    func audited() async throws {
        try await TestGateway.with { gateway in
            let fleet = FleetOperations(store: gateway.store, backends: ["lab-a"]) { _ in }
            let trail = AuditTrail()
            let caller = Actor(
                name: "ci",
                token: nil,
                abilities: [.read],
                address: "192.0.2.1",
                trail: trail,
                remarks: ["by": "a test"]
            )
            let absent = UUID()
            let build = try #require(Build("/g/p/1"))
            await #expect(throws: FleetRefusal.noSuchJobset(id: absent.text)) {
                try await fleet.retry(absent, .jobs([3, 1]), in: build, by: caller)
            }
            try await fleet.conclude(trail, status: 404)
            let change = try #require(try await gateway.store.audit(AuditFilter(), limit: 9).first)
            #expect(change.action == "retry" && change.actor == "ci" && change.jobset == absent)
            #expect(change.group == "g" && change.project == "p")
            #expect(change.detail == ["jobs": "1,3", "by": "a test"])
            #expect(change.status == 404)
        }
    }

    @Test("Over HTTP nobody revokes a token that can do more; on the fleet's own machines anybody does")
    func revoked() async throws {
        try await TestGateway.with { gateway in
            let fleet = FleetOperations(store: gateway.store, backends: []) { _ in }
            let wish = TokenWish(name: "strong", projects: [.all], abilities: [.cancel], days: nil)
            let (token, text) = try await fleet.createToken(wish, by: Actor(name: "eve"))
            #expect(token.createdBy == "eve" && token.parent == nil)
            #expect(try await gateway.store.useToken(hash: TokenText.hash(of: text))?.id == token.id)
            let weak = Actor(name: "weak", token: nil, abilities: [.read], address: nil, trail: AuditTrail())
            await #expect(throws: FleetRefusal.tokenCanMore(ability: .cancel)) {
                try await fleet.revokeToken("strong", by: weak)
            }
            #expect(try await fleet.revokeToken("strong", by: Actor(name: "eve")) == ["strong"])
            await #expect(throws: FleetRefusal.noSuchToken(name: "strong")) {
                try await fleet.revokeToken("strong", by: Actor(name: "eve"))
            }
            await #expect(throws: FleetRefusal.noSuchBackend(name: "lab-z", known: ["lab-a", "lab-b"])) {
                try await fleet.pause("lab-z", reason: nil, by: Actor(name: "eve"))
            }
        }
    }
}

/// The ends that were announced.
private final class Announced: Sendable {
    private let finished = Mutex<[FinishedJobset]>([])

    var all: [FinishedJobset] { finished.withLock { $0 } }
    func add(_ more: [FinishedJobset]) { finished.withLock { $0 += more } }
}
