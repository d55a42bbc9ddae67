// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway

@Suite("Signing in with an identity provider")
struct SignInTests {
    /// A gateway at which people of a provider can sign in.
    static func with(
        _ body: (TestGateway, TestIdentityProvider) async throws -> Void
    ) async throws {
        let port = try ReservedPort()
        let address = "127.0.0.1:\(port.number)"
        try await TestIdentityProvider.with { provider in
            let section = """
                {company: {issuer: "\(provider.issuer)", client_id: \(TestIdentityProvider.clientID),
                client_secret: "\(TestIdentityProvider.clientSecret)", label: The Company, grants: {
                team: {claims: [groups=kernel], projects: [g/p], abilities: [read, cancel]}}}}
                """.replacing("\n", with: " ")
            let settings = ["listen": address, "public_url": "http://\(address)", "identity_providers": section]
            try await TestGateway.with(settings) { gateway in
                provider.person([
                    "sub": .text("42"), "email": .text("ada@example.com"), "groups": .list([.text("kernel")]),
                ])
                try await body(gateway, provider)
            }
        }
        withExtendedLifetime(port) {}
    }

    /// Begins a sign-in, and is the provider's browser.
    private static func begin(_ browser: inout Browser, next: String = "/") async throws -> (
        begun: Answer, back: String
    ) {
        let begun = try await browser.get("/login/company?next=\(next)")
        browser.cookie = begun.headers.first(name: "Set-Cookie")?.split(separator: ";").first.map(String.init)
        let location = try #require(begun.headers.first(name: "Location"))
        let sent = try await Browser.at(location)
        let back = try #require(sent.headers.first(name: "Location"))
        let root = "http://127.0.0.1:\(browser.gateway.port)"
        #expect(back.hasPrefix(root + "/login/company/callback?"))
        return (begun, String(back.dropFirst(root.count)))
    }

    private static func signIn(_ gateway: TestGateway, next: String = "/") async throws -> (Browser, Answer) {
        var browser = Browser(gateway)
        let (_, back) = try await begin(&browser, next: next)
        let end = try await browser.get(back)
        let kept = end.headers["Set-Cookie"].first { $0.hasPrefix("muster=") }
        browser.cookie = kept?.split(separator: ";").first.map(String.init)
        return (browser, end)
    }

    @Test("Somebody signs in, sees and does what is granted, is named in the audit, and signs out")
    func signsIn() async throws {
        try await Self.with { gateway, _ in
            let id = try await gateway.submit(TestGateway.document(), token: try await gateway.token())
            let page = try await Browser(gateway).get("/login?next=/jobsets/\(id)")
            #expect(page.text.contains("Sign in with The Company"))
            let (browser, end) = try await Self.signIn(gateway, next: "/jobsets/\(id)")
            #expect(end.status == 200)
            // A redirect would be part of what began at the provider, and bring no cookie.
            #expect(end.headers.first(name: "Refresh") == "0; url=/jobsets/\(id)")
            #expect(end.text.contains("ada@example.com"))
            #expect(end.headers["Set-Cookie"].contains { $0.contains("sign-in=;") && $0.contains("Max-Age=0") })
            let shown = try await browser.get("/jobsets/\(id)")
            #expect(shown.status == 200)
            #expect(shown.text.contains("ada@example.com (company)"))
            let proof = try await browser.proof(on: "/jobsets/\(id)")
            #expect(try await browser.post("/jobsets/\(id)/cancel", ["csrf": proof]).status == 303)
            #expect(try await browser.post("/jobsets/\(id)/retry", ["csrf": proof]).status == 403)
            var filter = AuditFilter()
            filter.actor = "ada@example.com (company)"
            let audit = try await gateway.store.audit(filter, limit: 10)
            #expect(Set(audit.map(\.action)).isSuperset(of: ["sign in", "cancel"]))
            let token = try #require(browser.cookie?.split(separator: "=", maxSplits: 1).last.map(String.init))
            #expect(try await browser.post("/logout", ["csrf": proof]).status == 303)
            // What was in the cookie is good for nothing, wherever it went.
            #expect(try await gateway.ask(.GET, "/api/v1/caller", token: token).status == 401)
        }
    }

    @Test("A sign-in that another browser began, or that is repeated, leads to nobody")
    func others() async throws {
        try await Self.with { gateway, provider in
            var browser = Browser(gateway)
            let (begun, back) = try await Self.begin(&browser)
            #expect(begun.headers.first(name: "Set-Cookie")?.contains("SameSite=Lax") == true)
            for stranger in [Browser(gateway), try await Self.anotherBegun(gateway)] {
                let answer = try await stranger.get(back)
                #expect(answer.status == 400)
                #expect(!answer.headers["Set-Cookie"].contains { $0.hasPrefix("muster=") })
            }
            #expect(try await browser.get(back).status == 200)
            // The provider takes a code once.
            let again = try await browser.get(back)
            #expect(again.status == 401)
            #expect(again.text.contains("invalid_grant"))
            #expect(try await browser.get("/login/other").status == 404)
            #expect(provider.requests.filter { $0 == "/token" }.count == 2)
        }
    }

    private static func anotherBegun(_ gateway: TestGateway) async throws -> Browser {
        var browser = Browser(gateway)
        _ = try await begin(&browser)
        return browser
    }

    @Test("Who has no grant, an unverified address, or is refused is told so, and nobody is led elsewhere")
    func refusals() async throws {
        try await Self.with { gateway, provider in
            let people: [([String: ClaimValue], Int, String)] = [
                (["email": .text("eve@example.com"), "groups": .list([.text("sales")])], 403, "No grant"),
                (["email": .text("eve@example.com")], 403, "No grant"),
                (["groups": .list([.text("kernel")])], 401, "does not have the claim email"),
                (
                    [
                        "email": .text("eve@example.com"), "email_verified": .text("false"),
                        "groups": .list([.text("kernel")]),
                    ], 401, "is not verified"
                ),
                (
                    [
                        "email": .text("eve@example.com"), "email_verified": .truth(false),
                        "groups": .list([.text("kernel")]),
                    ],
                    401, "is not verified"
                ),
                (
                    ["email": .text("e@example.com"), "groups": .text("kernel"), "aud": .text("other")], 401,
                    "audience other"
                ),
            ]
            for (claims, status, reason) in people {
                provider.person(claims)
                let (_, end) = try await Self.signIn(gateway)
                #expect(end.status == status, "\(reason)")
                #expect(end.text.contains(reason), "\(reason): \(end.text)")
                #expect(!end.headers["Set-Cookie"].contains { $0.hasPrefix("muster=") })
            }
            provider.person(["email": .text("ada@example.com"), "groups": .text("kernel")])
            for next in ["//evil.example.com", "https://evil.example.com", "/%0d%0aSet-Cookie:x"] {
                let (_, end) = try await Self.signIn(gateway, next: next)
                #expect(end.headers.first(name: "Refresh") == "0; url=/", "\(next)")
            }
            provider.fail(.otherNonce)
            #expect(try await Self.signIn(gateway).1.text.contains("is not for this sign-in"))
            provider.fail(.token(.status(500)))
            #expect(try await Self.signIn(gateway).1.status == 503)
            provider.fail(nil)
            provider.refusePeople()
            #expect(try await Self.signIn(gateway).1.text.contains("access_denied"))
        }
    }
}
