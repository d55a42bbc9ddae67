// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@Suite("Who may do what over HTTP")
struct AccessTests {
    private static let actions: [(path: String, ability: Ability)] = [
        ("seal", .submit), ("cancel", .cancel), ("retry", .retry),
    ]

    @Test("Each ability opens its own doors and no other")
    func abilities() async throws {
        try await TestGateway.with { gateway in
            let owner = try await gateway.token()
            let document = TestGateway.document()
            let id = try await gateway.submit(document, token: owner)
            for ability in Ability.allCases {
                let token = try await gateway.token(can: [ability])
                let seen = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)", token: token).status
                #expect(seen == (ability == .read ? 200 : 404), "\(ability) reads")
                let submitted = try await gateway.ask(.POST, "/api/v1/jobsets", token: token, document).status
                #expect(submitted == (ability == .submit ? 202 : 403), "\(ability) submits")
                let reader = try await gateway.token(can: [.read, ability])
                for action in Self.actions where action.ability != ability {
                    let path = "/api/v1/jobsets/\(id)/\(action.path)"
                    #expect(try await gateway.ask(.POST, path, token: reader, "{}").status == 403, "\(ability) \(path)")
                }
            }
        }
    }

    @Test("Of another project there is nothing to be seen and nothing to be done")
    func otherProject() async throws {
        try await TestGateway.with { gateway in
            let id = try await gateway.submit(TestGateway.document(), token: try await gateway.token())
            let stranger = try await gateway.token(["g/other", "other/*"])
            let absent = UUID().text
            let unknown = try await gateway.ask(.GET, "/api/v1/jobsets/\(absent)", token: stranger)
            // It names what was asked for, and says nothing else of it.
            let nothing = unknown.text.replacing(absent, with: id)
            for path in ["", "/jobs", "/jobs/0", "/jobs/0/definition", "/results", "/report", "/deliveries", "/events"]
            {
                let answer = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)\(path)", token: stranger)
                #expect(answer.status == 404, "\(path)")
                if path.isEmpty { #expect(answer.text == nothing, "as if there were none") }
            }
            for action in Self.actions {
                let path = "/api/v1/jobsets/\(id)/\(action.path)"
                #expect(try await gateway.ask(.POST, path, token: stranger, "{}").text == nothing)
            }
            let submitted = try await gateway.ask(
                .POST,
                "/api/v1/jobsets",
                token: stranger,
                TestGateway.document("/g/p/2")
            )
            #expect(submitted.status == 403)
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets", token: stranger).items().isEmpty)
            #expect(try await gateway.store.jobset(id: try #require(UUID(uuidString: id)))?.isSealed == true)
        }
    }

    @Test("A token for a group, or for all, is one for each of its projects", arguments: ["g/*", "*"])
    func wide(scope: String) async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token([scope])
            let id = try await gateway.submit(TestGateway.document("/g/elsewhere/1"), token: token)
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets/\(id)", token: token).status == 200)
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets", token: token).items().count == 1)
        }
    }

    @Test("Without a good token there is nothing, and a bad one is no better than none")
    func badTokens() async throws {
        try await TestGateway.with { gateway in
            let revoked = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: revoked)
            let names = try await gateway.store.tokens().map(\.name)
            let name = try #require(names.first)
            #expect(try await gateway.store.revokeToken(name) == [name])
            let expired = try await gateway.token(lifetime: .milliseconds(1))
            try await eventually("the token to expire") {
                try await gateway.ask(.GET, "/api/v1/jobsets", token: expired).status == 401
            }
            for token in [revoked, expired, "muster_", "x", String(repeating: "x", count: 5_000), "' or 1=1 --"] {
                let answer = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)", token: token)
                #expect(answer.status == 401)
                #expect(answer.headers.first(name: "WWW-Authenticate")?.contains("invalid_token") == true)
                #expect(!answer.text.contains(token) || token == "x")
            }
            let anonymous = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)")
            #expect(anonymous.status == 401)
            #expect(try await gateway.ask(.POST, "/api/v1/jobsets", TestGateway.document()).status == 401)
            let basic = ["Authorization": "Basic dXNlcjpwYXNz"]
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets", headers: basic).status == 401)
        }
    }

    @Test(
        "A token is taken from each of its headers, in whatever case they are",
        arguments: [
            ("authorization", "bearer "), ("AUTHORIZATION", "BEARER "), ("Authorization", "Token "), ("auth-token", ""),
            ("AUTH-TOKEN", ""),
        ]
    )
    func headers(name: String, scheme: String) async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            let answer = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)", headers: [name: scheme + token])
            #expect(answer.status == 200)
        }
    }

    @Test("What is public can be read by anybody, and changed by nobody without a token")
    func publicProjects() async throws {
        try await TestGateway.with(["public_projects": "[g/open]"]) { gateway in
            let token = try await gateway.token(["g/*"])
            let open = try await gateway.submit(TestGateway.document("/g/open/1"), token: token)
            let closed = try await gateway.submit(TestGateway.document("/g/closed/1"), token: token)
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets/\(open)").status == 200)
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets/\(open)/jobs/0/definition").status == 200)
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets/\(closed)").status == 401)
            let listed = try await gateway.ask(.GET, "/api/v1/jobsets").items().compactMap { $0["id"] as? String }
            #expect(listed == [open])
            for action in Self.actions {
                #expect(try await gateway.ask(.POST, "/api/v1/jobsets/\(open)/\(action.path)", "{}").status == 401)
            }
            let reader = try await gateway.token(["x/y"], can: [.read])
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets/\(open)", token: reader).status == 200)
            #expect(try await gateway.ask(.POST, "/api/v1/jobsets/\(open)/cancel", token: reader, "{}").status == 403)
        }
    }

    @Test("Nobody stores a token, and its last use is known")
    func stored() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            _ = try await gateway.ask(.GET, "/api/v1/jobsets", token: token)
            let status = try #require(try await gateway.store.tokens().first)
            #expect(status.lastUsedAt != nil)
            let dump = try await gateway.store.client.query("select token::text from token")
            #expect(!dump.contains { (try? $0.decode(String.self))?.contains(token) ?? true })
        }
    }

    @Test("Who asks too often is told when to come again", arguments: [true, false])
    func rate(hasToken: Bool) async throws {
        try await TestGateway.with(["requests_per_second": "1", "request_burst": "3"]) { gateway in
            let token = hasToken ? try await gateway.token() : nil
            let answers = try await withThrowingTaskGroup(of: Answer.self) { tasks in
                for _ in 0..<40 {
                    tasks.addTask { try await gateway.ask(.GET, "/api/v1/jobsets", token: token) }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            let answer = try #require(answers.first { $0.status == 429 })
            #expect(Int(answer.headers.first(name: "Retry-After") ?? "") ?? 0 >= 1)
            if hasToken {
                let other = try await gateway.token()
                #expect(try await gateway.ask(.GET, "/api/v1/jobsets", token: other).status == 200)
            }
        }
    }

    @Test("Every change is written down with who asked, and what the answer was")
    func audit() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            _ = try await gateway.ask(.POST, "/api/v1/jobsets/\(id)/cancel", token: token, #"{"reason": "why not"}"#)
            _ = try await gateway.ask(.POST, "/api/v1/jobsets/\(id)/seal", token: token)
            let rows = try await gateway.store.client.query(
                """
                select action, actor, status::bigint, detail ->> 'reason', jobset_id::text, address
                from audit order by id
                """
            ).map { try $0.decode(String.self, String.self, Int?.self, String?.self, String?.self, String?.self) }
            #expect(rows.map(\.0) == ["submit", "cancel", "seal"])
            #expect(rows.map(\.2) == [202, 202, 409])
            #expect(rows.map(\.3) == [nil, "why not", nil])
            #expect(rows.allSatisfy { $0.1.hasPrefix("t-") && $0.4 == id && $0.5 == "127.0.0.1" })
        }
    }

    @Test("The audit has the status that was answered, also in SQUAD's words and on pages")
    func answered() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            let declared = try await gateway.form("/api/createbuild/g/p/2", "callback_url=nonsense", token: token)
            #expect(declared.status == 400)
            let browser = try await Browser(gateway, token: token)
            let proof = try await browser.proof(on: "/jobsets/\(id)")
            #expect(try await browser.post("/jobsets/\(id)/seal", ["csrf": proof]).status == 303)
            #expect(try await browser.post("/jobsets/\(id)/retry", ["csrf": proof]).status == 409)
            let rows = try await gateway.store.client.query("select action, status from audit order by id")
                .map { try $0.decode(String.self, Int?.self) }
            #expect(rows.map(\.0) == ["submit", "submit", "seal", "retry"])
            #expect(rows.map(\.1) == [202, 400, 303, 409])
        }
    }
}
