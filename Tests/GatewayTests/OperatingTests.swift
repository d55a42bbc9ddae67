// SPDX-License-Identifier: Apache-2.0

import AMQP
import Fleet
import FleetAssembly
import FleetQueues
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@Suite("Running the fleet over HTTP")
struct OperatingTests {
    private static let places: [(HTTPMethod, String)] = [
        (.POST, "backends/lab-a/pause"), (.POST, "backends/lab-a/resume"), (.GET, "rejected"), (.GET, "rejected/1"),
        (.GET, "rejected/1/body"), (.GET, "dead-letters"), (.POST, "dead-letters/requeue"),
        (.POST, "dead-letters/drop"), (.GET, "tokens"), (.POST, "tokens"), (.DELETE, "tokens/x"), (.GET, "audit"),
    ]

    @Test("It is for tokens of all projects that may operate, and for nobody else")
    func operators() async throws {
        try await TestGateway.with { gateway in
            let others = [
                try await gateway.token(["g/*"], can: [.operate, .read]),
                try await gateway.token(["*"], can: Set(Ability.allCases).subtracting([.operate])),
            ]
            for (method, place) in Self.places {
                let path = "/api/v1/\(place)"
                #expect(try await gateway.ask(method, path).status == 401, "\(method) \(place)")
                for token in others {
                    #expect(try await gateway.ask(method, path, token: token).status == 403, "\(method) \(place)")
                }
            }
            #expect(try await gateway.store.audit(AuditFilter(), limit: 1).isEmpty, "nothing was begun")
        }
    }

    @Test("A lab is looked at, paused in somebody's name, and resumed")
    func backends() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let reader = try await gateway.token(can: [.read])
            let list = try await gateway.ask(.GET, "/api/v1/backends", token: reader)
            #expect(try list.items().compactMap { $0["name"] as? String } == ["lab-a", "lab-b"])
            #expect(try await gateway.ask(.GET, "/api/v1/backends").status == 401)
            let path = "/api/v1/backends/lab-a"
            let paused = try await gateway.ask(.POST, "\(path)/pause", token: token, #"{"reason": "new firmware"}"#)
            #expect(paused.status == 200)
            #expect(try paused.text("state") == "paused")
            #expect(try paused.text("paused_reason")?.hasPrefix("new firmware (t-") == true)
            #expect(try await gateway.ask(.GET, path, token: reader).text("state") == "paused")
            #expect(try await gateway.ask(.POST, "\(path)/resume", token: token).text("state") == "ok")
            #expect(try await gateway.ask(.GET, "/api/v1/backends/nowhere", token: reader).status == 404)
            #expect(try await gateway.ask(.POST, "/api/v1/backends/nowhere/pause", token: token).status == 404)
        }
    }

    @Test("Refused documents are listed by pages, and shown with all that is wrong")
    func rejected() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            for number in 1...3 {
                try await gateway.store.recordRejection(
                    messageID: "m-\(number)",
                    digest: [UInt8](repeating: UInt8(number), count: 32),
                    problem: .invalidDocument([Fault(pointer: "/build", reason: "is missing")]),
                    body: Array("body \(number)".utf8),
                    keepBytes: 4
                )
            }
            let first = try await gateway.ask(.GET, "/api/v1/rejected?limit=2", token: token)
            #expect(try first.items().compactMap { $0["message_id"] as? String } == ["m-3", "m-2"])
            let cursor = try #require(try first.text("next_cursor"))
            let second = try await gateway.ask(.GET, "/api/v1/rejected?limit=2&cursor=\(cursor)", token: token)
            #expect(try second.items().compactMap { $0["message_id"] as? String } == ["m-1"])
            #expect(try second.text("next_cursor") == nil)
            let number = try #require(try second.items().first?["id"] as? Int)
            let one = try await gateway.ask(.GET, "/api/v1/rejected/\(number)", token: token)
            let problem = try one.json()["problem"] as? [String: Any]
            #expect((problem?["errors"] as? [[String: Any]])?.first?["pointer"] as? String == "/build")
            let body = try await gateway.ask(.GET, "/api/v1/rejected/\(number)/body", token: token)
            #expect(body.text == "body")
            #expect(body.headers.first(name: "Content-Type") == "application/octet-stream")
            #expect(try await gateway.ask(.GET, "/api/v1/rejected/999", token: token).status == 404)
            #expect(try await gateway.ask(.GET, "/api/v1/rejected/x/body", token: token).status == 404)
        }
    }

    @Test("Dead letters are looked at, handled again and dropped, by their keys or all")
    func deadLetters() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let topology = gateway.parts.topology
            try await AMQPSession.withSession(configuration: gateway.parts.broker, logger: gateway.parts.logger) {
                try await $0.declare(topology.topology)
                for name in ["a", "b", "c"] {
                    var message = AMQPMessage(body: Array("what \(name) is".utf8))
                    message.properties.messageID = name
                    try await $0.publish(message, exchange: topology.dead, routingKey: "")
                }
            }
            let path = "/api/v1/dead-letters"
            try await eventually("the dead letters to be listed") {
                try await gateway.ask(.GET, path, token: token).items().count == 3
            }
            let keys = try await gateway.ask(.GET, path, token: token).items().compactMap { $0["key"] as? String }
            #expect(try await gateway.ask(.GET, "\(path)?limit=1", token: token).items().count == 1)
            let dropped = try await gateway.ask(
                .POST,
                "\(path)/drop",
                token: token,
                #"{"keys": ["\#(keys[0])", "00"]}"#
            )
            #expect(dropped.status == 200)
            #expect(try dropped.items().compactMap { $0["message_id"] as? String } == ["a"])
            #expect(try dropped.json()["unknown"] as? [String] == ["00"])
            // Nobody knows where they came from.
            let stay = try await gateway.ask(.POST, "\(path)/requeue", token: token, #"{"all": true}"#)
            #expect(try stay.items().isEmpty)
            #expect((try stay.json()["left"] as? [Any])?.count == 2)
            for body in ["{}", #"{"all": true, "keys": ["00"]}"#, #"{"keys": []}"#, #"{"keys": [1]}"#] {
                #expect(try await gateway.ask(.POST, "\(path)/drop", token: token, body).status == 400, "\(body)")
            }
            #expect(try await gateway.ask(.POST, "\(path)/drop", token: token, #"{"all": true}"#).items().count == 2)
            #expect(try await gateway.ask(.GET, path, token: token).items().isEmpty)
        }
    }

    @Test("A token makes others that can and last no more than itself, and revokes them")
    func tokens() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"], can: [.operate, .read], lifetime: .seconds(86_400))
            let path = "/api/v1/tokens"
            let body = #"{"name": "ci 1/2", "projects": ["g/p"], "abilities": ["read"], "expires_days": 30}"#
            let made = try await gateway.ask(.POST, path, token: token, body)
            #expect(made.status == 201)
            let text = try #require(try made.text("token"))
            let expiry = try Date(#require(try made.text("expires_at")), strategy: .iso8601)
            #expect(expiry <= Date(timeIntervalSinceNow: 86_400))
            #expect(try await gateway.ask(.GET, "/api/v1/caller", token: text).text("name") == "ci 1/2")
            #expect(try await gateway.ask(.POST, path, token: token, body).status == 409, "the name is taken")
            let more = #"{"name": "more", "projects": ["g/p"], "abilities": ["submit"]}"#
            #expect(try await gateway.ask(.POST, path, token: token, more).status == 403)
            let list = try await gateway.ask(.GET, path, token: token)
            #expect(try list.items().contains { $0["name"] as? String == "ci 1/2" })
            #expect(!list.text.contains(text))
            let gone = try await gateway.ask(.DELETE, "\(path)/ci%201%2F2", token: token)
            #expect(gone.status == 200)
            #expect(try gone.json()["revoked"] as? [String] == ["ci 1/2"])
            #expect(try await gateway.ask(.GET, "/api/v1/caller", token: text).status == 401)
            #expect(try await gateway.ask(.DELETE, "\(path)/ci%201%2F2", token: token).status == 404)
        }
    }

    @Test(
        "A token that makes no sense is not made",
        arguments: [
            ("{}", ["/name", "/projects"]), (#"{"name": "a\nb", "projects": ["g/p"]}"#, ["/name"]),
            (#"{"name": "a", "projects": ["g"]}"#, ["/projects"]),
            (#"{"name": "a", "projects": ["g/p"], "abilities": ["fly"]}"#, ["/abilities"]),
            (#"{"name": "a", "projects": ["g/p"], "expires_days": 0}"#, ["/expires_days"]),
            (#"{"name": "a", "projects": ["g/p"], "forever": true}"#, ["/forever"]),
        ]
    )
    func strangeTokens(body: String, pointers: [String]) async throws {
        try await TestGateway.with { gateway in
            let answer = try await gateway.ask(.POST, "/api/v1/tokens", token: try await gateway.token(["*"]), body)
            #expect(answer.status == 400)
            #expect(try answer.pointers() == pointers)
        }
    }

    @Test("A caller learns what it may do")
    func caller() async throws {
        try await TestGateway.with(["public_projects": "[open/*]"]) { gateway in
            let nobody = try await gateway.ask(.GET, "/api/v1/caller").json()
            #expect(nobody["name"] == nil)
            #expect(nobody["projects"] as? [String] == ["open/*"])
            #expect(nobody["abilities"] as? [String] == ["read"])
            let token = try await gateway.token(["g/p"], can: [.submit, .read])
            let somebody = try await gateway.ask(.GET, "/api/v1/caller", token: token).json()
            #expect(somebody["projects"] as? [String] == ["g/p"])
            #expect(somebody["abilities"] as? [String] == ["read", "submit"])
            #expect(try await gateway.ask(.GET, "/api/v1/caller", token: "muster_wrong").status == 401)
        }
    }

    @Test("The audit is read latest first, by pages, and what has been kept for long enough goes")
    func audit() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let id = try await gateway.submit(TestGateway.document(), token: token)
            _ = try await gateway.ask(.POST, "/api/v1/jobsets/\(id)/cancel", token: token, #"{"reason": "enough"}"#)
            _ = try await gateway.ask(.POST, "/api/v1/jobsets/\(id)/cancel", token: token)
            let first = try await gateway.ask(.GET, "/api/v1/audit?limit=2", token: token)
            #expect(try first.items().compactMap { $0["status"] as? Int } == [409, 202])
            #expect((try first.items()[1]["detail"] as? [String: String])?["reason"] == "enough")
            #expect(try first.items()[1]["address"] as? String == "127.0.0.1")
            let cursor = try #require(try first.text("next_cursor"))
            let rest = try await gateway.ask(.GET, "/api/v1/audit?cursor=\(cursor)", token: token)
            #expect(try rest.items().compactMap { $0["action"] as? String } == ["submit"])
            let filtered = "/api/v1/audit?action=cancel&jobset=\(id)"
            #expect(try await gateway.ask(.GET, filtered, token: token).items().count == 2)
            #expect(try await gateway.ask(.GET, "/api/v1/audit?actor=nobody", token: token).items().isEmpty)
            #expect(try await gateway.ask(.GET, "/api/v1/audit?jobset=x", token: token).status == 400)
            try await gateway.store.client.execute("update audit set at = at - interval '2 days' where status = 409")
            #expect(try await gateway.store.removeAudit(olderThan: .seconds(86_400), limit: 10) == 1)
            #expect(try await gateway.store.audit(AuditFilter(), limit: 10).count == 2)
        }
    }
}
