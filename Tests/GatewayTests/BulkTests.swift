// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import TestSupport
import Testing

@Suite("Many jobsets at once over HTTP")
struct BulkTests {
    private static func items(_ answer: Answer) throws -> [String: Int] {
        Dictionary(
            uniqueKeysWithValues: try answer.items().map { item in
                (item["build"] as? String ?? "", item["jobs"] as? Int ?? item["deliveries"] as? Int ?? -1)
            }
        )
    }

    private static func audited(_ gateway: TestGateway, _ action: String) async throws -> [AuditedChange] {
        var filter = AuditFilter()
        filter.action = action
        return try await gateway.store.audit(filter, limit: 10)
    }

    @Test("A preview shows what is then done; there is one line in the audit, which names the jobsets")
    func cancel() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let labeled = #", "labels": {"branch": "topic"}"#
            let id = try await gateway.submit(TestGateway.document("/g/p/1", jobs: 3, more: labeled), token: token)
            _ = try await gateway.submit(TestGateway.document("/g/p/2", jobs: 2, more: labeled), token: token)
            _ = try await gateway.submit(TestGateway.document("/g/p/3", jobs: 2), token: token)
            let path = "/api/v1/bulk/cancel?label=branch%3Dtopic"
            let preview = try await gateway.ask(.POST, path, token: token, #"{"preview": true}"#)
            #expect(preview.status == 200)
            #expect(try preview.json()["is_preview"] as? Bool == true)
            #expect(try await gateway.store.jobset(id: gateway.uuid(id))?.canceledAt == nil)
            #expect(try await Self.audited(gateway, "cancel many").isEmpty)
            let done = try await gateway.ask(.POST, path, token: token, #"{"reason": "branch deleted"}"#)
            #expect(done.status == 202)
            #expect(try Self.items(preview) == ["/g/p/1": 3, "/g/p/2": 2])
            #expect(try Self.items(done) == Self.items(preview))
            #expect(try done.number("done") == 2 && done.number("refused") == 0 && done.number("left") == 0)
            let jobset = try await gateway.ask(.GET, "/api/v1/jobsets/\(id)", token: token)
            #expect(try jobset.text("canceled_reason")?.hasPrefix("branch deleted (t-") == true)
            let line = try #require(try await Self.audited(gateway, "cancel many").first)
            #expect(line.status == 202 && line.detail["labels"] == "branch=topic" && line.detail["count"] == "2")
            #expect(line.detail["jobsets"]?.contains(id) == true)
            var filter = AuditFilter()
            filter.jobset = try gateway.uuid(id)
            #expect(try await gateway.store.audit(filter, limit: 10).map(\.action) == ["cancel many", "submit"])
            // There is nothing left to do.
            #expect(try await gateway.ask(.POST, path, token: token).items().isEmpty)
        }
    }

    @Test("Only what the token may change is changed, and the rest that it sees is counted")
    func permissions() async throws {
        try await TestGateway.with { gateway in
            let all = try await gateway.token(["*"])
            var ids: [String] = []
            for build in ["/g/p/1", "/g/q/1", "/h/p/1"] {
                ids.append(try await gateway.submit(TestGateway.document(build), token: all))
            }
            let store = gateway.store
            let reader = try await store.newToken(["*"], can: [.read])
            #expect(try await gateway.ask(.POST, "/api/v1/bulk/cancel?build=1", token: reader).status == 403)
            #expect(try await gateway.ask(.POST, "/api/v1/bulk/cancel?build=1").status == 401)
            let narrow = try await gateway.token(["g/p"], can: [.read, .cancel])
            let named = "/api/v1/bulk/cancel?group=g&project=q"
            #expect(try await gateway.ask(.POST, named, token: narrow).status == 403)
            let done = try await gateway.ask(.POST, "/api/v1/bulk/cancel?build=1", token: narrow)
            #expect(try Self.items(done) == ["/g/p/1": 1])
            #expect(try done.number("forbidden") == 0)
            for id in ids.dropFirst() {
                #expect(try await store.jobset(id: gateway.uuid(id))?.canceledAt == nil)
            }
        }
        try await TestGateway.with(["public_projects": "[g/*]"]) { gateway in
            let all = try await gateway.token(["*"])
            for build in ["/g/p/1", "/g/q/1", "/h/p/1"] {
                _ = try await gateway.submit(TestGateway.document(build), token: all)
            }
            // It sees g/q, which is public, and may change it not.
            let blind = try await gateway.token(["g/p"], can: [.cancel])
            let done = try await gateway.ask(.POST, "/api/v1/bulk/cancel?build=1", token: blind)
            #expect(try Self.items(done) == ["/g/p/1": 1])
            #expect(try done.number("forbidden") == 1)
        }
    }

    @Test("One request does no more than it may, says what is left, and the next one goes on from there")
    func bounded() async throws {
        try await TestGateway.with(["maximum_bulk_jobsets": "2"]) { gateway in
            let token = try await gateway.token()
            for number in 1...5 {
                let id = try await gateway.submit(TestGateway.document("/g/p/\(number)"), token: token)
                try await gateway.end(id, .incomplete)
            }
            try await gateway.store.client.execute("update delivery set state = 'delivered'")
            // A part of it can't be sent out again any more.
            try await gateway.store.client.execute(
                "update jobset set results_removed_at = now() where build_version in ('4', '5')"
            )
            var path = "/api/v1/bulk/retry?group=g&limit=100"
            let preview = try await gateway.ask(.POST, path, token: token, #"{"preview": true}"#)
            let first = try await gateway.ask(.POST, path, token: token)
            for answer in [preview, first] {
                #expect(try answer.items().map { $0["build"] as? String } == ["/g/p/5", "/g/p/4"])
                #expect(try answer.items().map { $0["refused"] as? String } == ["no-longer-kept", "no-longer-kept"])
                #expect(try answer.number("done") == 0 && answer.number("refused") == 2)
                #expect(try answer.number("left") == 3)
            }
            path += "&cursor=\(try #require(try first.text("next_cursor")))"
            let second = try await gateway.ask(.POST, path, token: token)
            #expect(try Self.items(second) == ["/g/p/3": 1, "/g/p/2": 1])
            #expect(try second.number("left") == 1 && second.text("next_cursor") != nil)
            #expect(try await Self.audited(gateway, "retry many").count == 2)
        }
    }

    @Test("Deliveries that were given up are made again where their last error matches")
    func redeliver() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let callback = #", "callback_url": "https://hooks.example.org/x""#
            for number in 1...2 {
                let document = TestGateway.document("/g/p/\(number)", more: callback)
                try await gateway.end(try await gateway.submit(document, token: token))
            }
            try await gateway.store.client.execute(
                """
                update delivery set state = 'failed', last_error = 'no route to ' || build_version
                from jobset where jobset.id = jobset_id and kind = 'callback'
                """
            )
            let path = "/api/v1/bulk/redeliver?project=p&reason_contains=ROUTE%20to%202"
            let done = try await gateway.ask(.POST, path, token: token)
            #expect(try Self.items(done) == ["/g/p/2": 1])
            let due = try await gateway.store.client.query("select count(*) from delivery where state = 'failed'")
            #expect(try due.first?.decode(Int.self) == 1)
        }
    }

    @Test("What is asked for without a filter, or with a wrong one, is refused with its place")
    func wrong() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            let cases: [(String, String?, [String])] = [
                ("cancel", nil, ["?group"]), ("cancel?limit=0&group=g", nil, ["?limit"]),
                ("cancel?group=g&label=x", nil, ["?label"]), ("cancel?group=g&state=running", nil, ["?state"]),
                ("retry?created_after=yesterday", nil, ["?created_after"]),
                ("cancel?group=g&cursor=x", nil, ["?cursor"]),
                ("cancel?group=g", #"{"preview": 1}"#, ["/preview"]),
                ("retry?group=g", #"{"reason": "x"}"#, ["/reason"]),
                ("redeliver?group=g", #"{"force": true}"#, ["/force"]),
            ]
            for (path, body, pointers) in cases {
                let answer = try await gateway.ask(.POST, "/api/v1/bulk/\(path)", token: token, body)
                #expect(answer.status == 400, "\(path)")
                #expect(try answer.pointers() == pointers, "\(path)")
            }
            #expect(try await gateway.store.jobset(id: gateway.uuid(id))?.canceledAt == nil)
        }
    }

    @Test("The example of docs/api.md does what it says")
    func example() async throws {
        let block = try #require(
            try DocumentedCode.blocks(of: "docs/api.md", in: "sh").first { $0.contains("bulk/cancel?") }
        )
        let requests = block.split(separator: "\n").filter { $0.contains("bulk/") }.compactMap { line in
            line.firstMatch(of: /-d '(\{.*\})' *"\$MUSTER_GATEWAY_URL(\/[^"]*)"/).map { (String($0.1), String($0.2)) }
        }
        try #require(requests.count == 3)
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["kernel/next"])
            let labels = #", "labels": {"branch": "topic"}"#
            let running = try await gateway.submit(TestGateway.document("/kernel/next/1", more: labels), token: token)
            let failed = try await gateway.submit(TestGateway.document("/kernel/next/2"), token: token)
            try await gateway.end(failed, .incomplete)
            try await gateway.store.client.execute("update job set reason = 'no power' where state = 'finished'")
            try await gateway.store.client.execute("update delivery set state = 'delivered'")
            for (body, path) in requests {
                let answer = try await gateway.ask(.POST, path, token: token, body)
                #expect(answer.status < 300, "\(answer.text)")
                #expect(try answer.number("done") == 1, "\(path): \(answer.text)")
            }
            #expect(try await gateway.store.jobset(id: gateway.uuid(running))?.verdict == .canceled)
            #expect(try await gateway.store.jobset(id: gateway.uuid(failed))?.generation == 2)
        }
    }
}
