// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

@Suite("Webhooks over HTTP")
struct WebhookTests {
    private static let path = "/api/v1/projects/g/p/webhooks"

    @Test("One is set, listed with those of the configuration, changed, and removed; its URL is shown to nobody")
    func life() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let configured = ConfiguredWebhook(
                group: "g",
                project: "p",
                name: "conf",
                terms: WebhookTerms(),
                request: WebhookRequest(url: "https://conf.example.org/hunter2")
            )
            try await gateway.store.registerWebhooks([configured])
            let body =
                #"{"name": "ci", "url": "https://ci.example.org/hook?t=hunter2", "events": ["finished", "accepted"]}"#
            let set = try await gateway.ask(.POST, Self.path, token: token, body)
            #expect(set.status == 200, "\(set.text)")
            let changed = try await gateway.ask(
                .POST,
                Self.path,
                token: token,
                #"{"name": "ci", "url": "https://ci.example.org/hunter2", "enabled": false, "template": "slack"}"#
            )
            #expect(try changed.json()["is_enabled"] as? Bool == false)
            let listed = try await gateway.ask(.GET, Self.path, token: token)
            let items = try listed.items()
            #expect(items.map { $0["name"] as? String } == ["ci", "conf"])
            #expect(items.map { $0["is_configured"] as? Bool } == [false, true])
            #expect(items.map { $0["receiver"] as? String } == ["https://ci.example.org", "https://conf.example.org"])
            #expect(items[0]["template"] as? String == "slack")
            #expect(![set, changed, listed].contains { $0.text.contains("hunter2") })
            let taken = #"{"name": "conf", "url": "https://ci.example.org/"}"#
            #expect(try await gateway.ask(.POST, Self.path, token: token, taken).status == 409)
            #expect(try await gateway.ask(.DELETE, "\(Self.path)/conf", token: token).status == 409)
            #expect(try await gateway.ask(.DELETE, "\(Self.path)/ci", token: token).status == 200)
            #expect(try await gateway.ask(.DELETE, "\(Self.path)/ci", token: token).status == 404)
            let audit = try await gateway.store.audit(AuditFilter(), limit: 9)
            #expect(audit.prefix(2).map(\.action) == ["remove webhook", "remove webhook"])
            #expect(audit.contains { $0.action == "set webhook" })
            #expect(!audit.contains { "\($0)".contains("hunter2") })
        }
    }

    @Test("What was given up is sent again, of that webhook alone")
    func redelivered() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            for name in ["one", "two"] {
                let body = #"{"name": "\#(name)", "url": "https://ci.example.org/\#(name)"}"#
                #expect(try await gateway.ask(.POST, Self.path, token: token, body).status == 200)
            }
            let jobset = try await gateway.submit(TestGateway.document(), token: token)
            try await gateway.end(jobset)
            let deliveries = try await gateway.store.deliveries(of: gateway.uuid(jobset)).filter {
                $0.kind == "webhook"
            }
            #expect(deliveries.count == 2)
            for delivery in try await gateway.store.claimDeliveries([.webhook], limit: 10, lease: .seconds(60)) {
                #expect(delivery.webhook?.request?.url == "https://ci.example.org/\(delivery.webhook?.name ?? "")")
                let attempt = DeliveryTry(
                    number: 1,
                    startedAt: .now,
                    duration: .zero,
                    status: 500,
                    error: "no",
                    response: nil
                )
                try await gateway.store.recordTry(attempt, of: delivery, next: .failed)
            }
            let listed = try await gateway.ask(.GET, Self.path, token: token).items()
            #expect(listed.map { $0["failed"] as? Int } == [1, 1] && listed[0]["last_error"] as? String == "no")
            let again = try await gateway.ask(.POST, "\(Self.path)/one/redeliver", token: token)
            #expect(again.status == 202, "\(again.text)")
            let after = try await gateway.ask(.GET, Self.path, token: token).items()
            #expect(after.map { $0["due"] as? Int } == [1, 0] && after.map { $0["failed"] as? Int } == [0, 1])
            #expect(try await gateway.ask(.POST, "\(Self.path)/nobody/redeliver", token: token).status == 404)
        }
    }

    @Test("One is switched off and on, and gets a secret of its own, which is shown once")
    func changes() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let body = #"{"name": "ci", "url": "https://ci.example.org/hook"}"#
            #expect(try await gateway.ask(.POST, Self.path, token: token, body).status == 200)
            let off = try await gateway.ask(.PATCH, "\(Self.path)/ci", token: token, #"{"enabled": false}"#)
            #expect(off.status == 200, "\(off.text)")
            #expect(try off.json()["is_enabled"] as? Bool == false)
            for body in ["{}", #"{"enabled": "no"}"#] {
                let refused = try await gateway.ask(.PATCH, "\(Self.path)/ci", token: token, body)
                #expect(refused.status == 400)
                #expect(try refused.pointers() == ["/enabled"])
            }
            let first = try await gateway.ask(.POST, "\(Self.path)/ci/rotate", token: token)
            let secret = try #require(try first.json()["secret"] as? String)
            #expect(first.status == 200 && secret.hasPrefix("whsec_") && secret.count == 50)
            #expect(try first.json()["previous_until"] is String)
            let again = try await gateway.ask(
                .POST,
                "\(Self.path)/ci/rotate",
                token: token,
                #"{"previous_seconds": 0}"#
            )
            let other = try #require(try again.json()["secret"] as? String)
            #expect(try again.json()["previous_until"] == nil)
            #expect(other != secret)
            let listed = try await gateway.ask(.GET, Self.path, token: token)
            #expect(try listed.items().first?["rotated_at"] is String)
            #expect(!listed.text.contains(secret) && !listed.text.contains(other))
            let audit = try await gateway.store.audit(AuditFilter(), limit: 9)
            #expect(audit.prefix(2).map(\.action) == ["rotate webhook secret", "rotate webhook secret"])
            #expect(!audit.contains { "\($0)".contains("whsec_") })
            for path in ["nobody", "nobody/rotate"] {
                let method: HTTPMethod = path == "nobody" ? .PATCH : .POST
                let answer = try await gateway.ask(
                    method,
                    "\(Self.path)/\(path)",
                    token: token,
                    method == .PATCH ? #"{"enabled": true}"# : "{}"
                )
                #expect(answer.status == 404)
            }
        }
    }

    @Test("The page shows what they have got, and its forms send again, switch and rotate")
    func page() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let body = #"{"name": "ci", "url": "https://ci.example.org/hunter2"}"#
            #expect(try await gateway.ask(.POST, Self.path, token: token, body).status == 200)
            let jobset = try await gateway.submit(TestGateway.document(), token: token)
            try await gateway.end(jobset)
            for delivery in try await gateway.store.claimDeliveries([.webhook], limit: 10, lease: .seconds(60)) {
                let attempt = DeliveryTry(
                    number: 1,
                    startedAt: .now,
                    duration: .zero,
                    status: 500,
                    error: "no <way>",
                    response: nil
                )
                try await gateway.store.recordTry(attempt, of: delivery, next: .failed)
            }
            let browser = try await Browser(gateway, token: token)
            let path = "/projects/g/p/webhooks"
            let proof = try await browser.proof(on: path)
            let page = try await browser.get(path)
            #expect(page.status == 200 && page.text.contains("no &lt;way&gt;") && page.text.contains(jobset))
            #expect(!page.text.contains("hunter2"))
            #expect(try await browser.post("\(path)/ci/redeliver", ["csrf": proof]).status == 303)
            #expect(try await gateway.store.webhooks(of: "g", "p").first?.due == 1)
            #expect(try await browser.post("\(path)/ci/disable", ["csrf": proof]).status == 303)
            #expect(try await gateway.store.webhooks(of: "g", "p").first?.isEnabled == false)
            #expect(try await browser.post("\(path)/ci/enable", ["csrf": proof]).status == 303)
            let rotated = try await browser.post("\(path)/ci/rotate", ["csrf": proof])
            #expect(rotated.status == 200 && rotated.text.contains("whsec_"))
            #expect(!(try await browser.get(path).text.contains("whsec_")))
            let reading = try await Browser(gateway, token: try await gateway.token(can: [.read]))
            let seen = try await reading.get(path).text
            #expect(seen.contains("ci.example.org") && !seen.contains("Rotate secret") && !seen.contains("Send again"))
        }
    }

    @Test(
        "What is wrong is told with its place",
        arguments: [
            (#"{}"#, ["/name", "/url"]), (#"{"name": "a b", "url": "ftp://x"}"#, ["/name", "/url"]),
            (#"{"name": "a", "url": "https://x.example/", "events": ["never"], "urgent": 1}"#, ["/events", "/urgent"]),
            (#"{"name": "a", "url": "http://127.0.0.1/"}"#, ["/url"]),
            (
                #"{"name": "a", "url": "https://x.example/", "secret": "s", "template": "gitlab-pipeline"}"#,
                ["/secret", "/template"]
            ),
            (
                #"{"name": "a", "url": "https://x.example/", "progress_percent": 0, "enabled": "no"}"#,
                ["/progress_percent", "/enabled"]
            ),
        ]
    )
    func faults(body: String, pointers: [String]) async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let answer = try await gateway.ask(.POST, Self.path, token: token, body)
            #expect(answer.status == 400)
            #expect(Set(try answer.pointers()) == Set(pointers), "\(answer.text)")
        }
    }
}
