// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import TestSupport
import Testing

@testable import Gateway

@Suite("ID tokens of CI jobs")
struct TokenExchangeTests {
    private static let path = "/api/v1/token-exchange"
    private static let audience = "https://muster.example.com"

    /// A gateway that takes ID tokens of a provider.
    private static func with(
        _ settings: [String: String] = [:],
        _ body: (TestGateway, TestIdentityProvider) async throws -> Void
    ) async throws {
        try await TestIdentityProvider.with { provider in
            let section = """
                {ci: {issuer: "\(provider.issuer)", audience: "\(audience)", key_refresh_seconds: 1, grants: {
                kernel: {claims: ["project_path=lkft/*", ref_protected=true], projects: [lkft/linux],
                abilities: [read, submit]}, all: {claims: ["project_path=lkft/linux"], projects: ["*"]}}}}
                """.replacing("\n", with: " ")
            try await TestGateway.with(["identity_providers": section].merging(settings) { $1 }) { gateway in
                try await body(gateway, provider)
            }
        }
    }

    private static func claims(_ more: [String: ClaimValue] = [:]) -> [String: ClaimValue] {
        let usual: [String: ClaimValue] = [
            "aud": .text(audience), "sub": .text("project_path:lkft/linux:ref_type:branch:ref:main"),
            "project_path": .text("lkft/linux"), "ref_protected": .text("true"),
        ]
        return usual.merging(more) { $1 }
    }

    private static func nested(_ depth: Int) -> ClaimValue { (0..<depth).reduce(.null) { value, _ in .list([value]) } }

    private static func exchange(_ token: String, _ gateway: TestGateway) async throws -> Answer {
        try await gateway.ask(.POST, path, #"{"id_token": "\#(token)"}"#)
    }

    @Test("One is exchanged for a token that can do what its claims are granted, and the audit names the job")
    func exchanges() async throws {
        try await Self.with { gateway, provider in
            for key in [TestIdentityProvider.Key.elliptic(1), .rsa(1)] {
                let answer = try await Self.exchange(try provider.token(Self.claims(), key: key), gateway)
                #expect(answer.status == 201, "\(answer.text)")
                let token = try #require(try answer.text("token"))
                #expect(token.hasPrefix(TokenText.prefix))
                let holder = "project_path:lkft/linux:ref_type:branch:ref:main (ci)"
                #expect(try answer.text("holder") == holder)
                let caller = try await gateway.ask(.GET, "/api/v1/caller", token: token)
                #expect(try caller.text("name") == holder)
                #expect(try caller.json()["projects"] as? [String] == ["*", "lkft/linux"])
                let build = "/lkft/linux/\(key.name)"
                let document = TestGateway.document(build)
                #expect(try await gateway.ask(.POST, "/api/v1/jobsets", token: token, document).status == 202)
                // What is granted for one project is not for another, whatever a second grant is for.
                let other = try await gateway.ask(
                    .POST,
                    "/api/v1/jobsets",
                    token: token,
                    TestGateway.document("/lkft/other/1")
                )
                #expect(other.status == 403)
                #expect(try other.text("detail")?.contains(holder) == true)
                #expect(try await gateway.ask(.GET, "/api/v1/tokens", token: token).status == 403)
            }
            let audit = try await gateway.store.audit(AuditFilter(), limit: 20)
            let submitted = audit.filter { $0.action == "submit" }
            #expect(submitted.count == 2 && submitted.allSatisfy { $0.actor.hasSuffix(":ref:main (ci)") })
            #expect(audit.contains { $0.action == "exchange token" && $0.status == 201 })
        }
    }

    @Test("A token that is not the provider's, not for us, or not for now is refused, and says why")
    func refusals() async throws {
        try await Self.with { gateway, provider in
            let now = Date().timeIntervalSince1970
            let good = try provider.token(Self.claims())
            let parts = good.split(separator: ".").map(String.init)
            let swapped = try provider.token(Self.claims(["project_path": .text("lkft/evil")])).split(separator: ".")
            let cases: [(String, String)] = try [
                (provider.token(Self.claims(), key: .elliptic(2)), "a key that its issuer does not have"),
                (provider.token(Self.claims(), key: .elliptic(2), header: ["kid": .text("ec-1")]), "valid signature"),
                (provider.token(Self.claims(), key: .rsa(1), header: ["kid": .text("ec-1")]), "another way (alg)"),
                (provider.token(Self.claims(), header: ["alg": .text("none")]), "is not signed with one of"),
                (provider.token(Self.claims(), header: ["alg": .text("HS256")]), "is not signed with one of"),
                (provider.token(Self.claims(), header: ["alg": .text("ES384")]), "another way (alg)"),
                // Of a key that does not say what it is for, the first guess must not be remembered.
                (provider.token(Self.claims(), key: .rsa(1), header: ["alg": .text("PS256")]), "valid signature"),
                (provider.token(Self.claims(), key: .rsa(1), header: ["alg": .text("ES256")]), "valid signature"),
                (provider.token(Self.claims(), header: ["kid": .null]), "does not name its key"),
                (provider.token(Self.claims(), header: ["crit": .list([.text("exp")])]), "critical parameters"),
                (
                    provider.token(Self.claims(), key: .elliptic(2), header: ["x": .number(1e300)]),
                    "a key that its issuer"
                ),
                (
                    provider.token(Self.claims(), header: ["alg": .number(9_223_372_036_854_775_808)]),
                    "is not a JSON Web Token"
                ),
                (provider.token(Self.claims(["deep": Self.nested(9)])), "is not a JSON Web Token"),
                (provider.token(Self.claims(["iat": .null])), "does not have a claim iat"),
                (provider.token(Self.claims(["exp": .number(now - 120)])), "expired"),
                (provider.token(Self.claims(["exp": .number(-1e300)])), "expired"),
                (provider.token(Self.claims(["exp": .null])), "does not have a claim exp"),
                (provider.token(Self.claims(["exp": .text("later")])), "does not have a claim exp"),
                (provider.token(Self.claims(["nbf": .number(now + 3_600)])), "not valid yet"),
                (provider.token(Self.claims(["iat": .number(1e300)])), "not valid yet"),
                (provider.token(Self.claims(["aud": .text("https://other.example.com")])), "https://other.example.com"),
                (provider.token(Self.claims(["aud": .null])), "of nobody"),
                (
                    provider.token(Self.claims(["aud": .list([.text(Self.audience), .text("other")])])),
                    "does not have a claim azp"
                ),
                (provider.token(Self.claims(["iss": .text("https://other.example.com")])), "an issuer that is not in"),
                (provider.token(Self.claims(["sub": .null])), "does not have a claim sub"),
                (provider.token(Self.claims(["sub": .text(String(repeating: "s", count: 256))])), "claim sub"),
                (String(good.dropLast(20)), "valid signature"), ("\(parts[0]).\(parts[1]).", "valid signature"),
                ("\(parts[0]).\(swapped[1]).\(parts[2])", "valid signature"), ("a.b", "is not a JSON Web Token"),
                ("a.b.c", "is not a JSON Web Token"), (TokenText.make(), "is not a JSON Web Token"),
                (
                    provider.token(Self.claims(["pad": .text(String(repeating: "p", count: 16_000))])),
                    "more than 16384 bytes"
                ),
            ]
            for (token, reason) in cases {
                let answer = try await Self.exchange(token, gateway)
                #expect(answer.status == 401, "\(reason): \(answer.text)")
                #expect(try answer.text("detail")?.contains(reason) == true, "\(reason): \(answer.text)")
            }
            #expect(try await gateway.store.identityTokens(limit: 10).isEmpty)
            #expect(try await Self.exchange(try provider.token(Self.claims(), key: .rsa(1)), gateway).status == 201)
            let none = try await Self.exchange(
                try provider.token(Self.claims(["project_path": .text("other/x")])),
                gateway
            )
            #expect(none.status == 403)
            #expect(try none.text("detail")?.hasPrefix("No grant of gateway.identity_providers.ci matches") == true)
            #expect(try await gateway.ask(.POST, Self.path, "{}").status == 400)
            #expect(try await gateway.ask(.POST, Self.path, #"{"id_token": 7}"#).status == 400)
            // It is good at this address only.
            #expect(try await gateway.ask(.GET, "/api/v1/caller", token: good).status == 401)
        }
    }

    @Test("New keys of the provider are accepted, and a flood of invented ones does not reach it")
    func keys() async throws {
        try await Self.with(["request_burst": "1000"]) { gateway, provider in
            #expect(try await Self.exchange(try provider.token(Self.claims()), gateway).status == 201)
            provider.publish([.elliptic(0)])
            let rotated = try provider.token(Self.claims(), key: .elliptic(0))
            try await eventually("the new key to be read") {
                try await Self.exchange(rotated, gateway).status == 201
            }
            // What the provider no longer publishes is not accepted any longer.
            #expect(try await Self.exchange(try provider.token(Self.claims()), gateway).status == 401)
            let before = provider.requests.count
            let start = ContinuousClock.now
            for number in 0..<100 {
                let token = try provider.token(Self.claims(), header: ["kid": .text("invented-\(number)")])
                #expect(try await Self.exchange(token, gateway).status == 401)
            }
            // Metadata and keys, once a second.
            let allowed = 2 * Int((ContinuousClock.now - start) / .seconds(1) + 2)
            #expect(provider.requests.count - before <= allowed)
        }
    }

    @Test("A provider that is away is told of, and what is known of it is used on")
    func away() async throws {
        try await Self.with { gateway, provider in
            let answers: [(TestIdentityProvider.Fault, String)] = [
                (.metadata(.status(500)), "answered HTTP 500"),
                (.metadata(.status(200, body: "{}")), "not that of an OpenID"),
                (
                    .metadata(.status(200, body: #"{"issuer": "https://x", "jwks_uri": "https://x/k"}"#)),
                    "states the issuer https://x"
                ),
                (
                    .metadata(
                        .status(200, body: #"{"issuer": "\#(provider.issuer)", "jwks_uri": "file:///etc/passwd"}"#)
                    ),
                    "an address that is not https"
                ),
                (.keys(.status(404)), "sent no keys"), (.keys(.status(200, body: #"{"keys": []}"#)), "has no key"),
                (.keys(.status(200, body: String(repeating: " ", count: 300_000))), "more than 262144 bytes"),
                (.metadata(.status(302, headers: ["Location": "http://127.0.0.1:1/"])), "answered HTTP 302"),
            ]
            for (fault, reason) in answers {
                provider.fail(fault)
                // The last failure is repeated for some seconds without asking again.
                try await eventually(within: .seconds(60), "the provider to be asked again: \(reason)") {
                    let answer = try await Self.exchange(try provider.token(Self.claims()), gateway)
                    #expect(answer.status == 503)
                    #expect(answer.headers.first(name: "Retry-After") == "5")
                    return try answer.text("detail")?.contains(reason) == true
                }
            }
            provider.fail(nil)
            try await eventually(within: .seconds(60), "the provider to be well") {
                try await Self.exchange(try provider.token(Self.claims()), gateway).status == 201
            }
            provider.fail(.keys(.status(500)))
            let before = provider.requests.count
            // A key that is not known has the provider asked again, in vain.
            let invented = try provider.token(Self.claims(), header: ["kid": .text("invented")])
            try await eventually("the provider to be asked") {
                let answer = try await Self.exchange(invented, gateway)
                #expect(answer.status == 401)
                return provider.requests.count > before
            }
            #expect(try await Self.exchange(try provider.token(Self.claims()), gateway).status == 201)
        }
    }

    @Test("Without an identity provider nothing is read, and nothing breaks")
    func none() async throws {
        try await TestGateway.with { gateway in
            let token = "eyJhbGciOiJSUzI1NiIsIngiOjFlMzAwfQ.e30.AA"
            for _ in 0..<3 {
                let answer = try await Self.exchange(token, gateway)
                #expect(try answer.status == 401 && answer.text("detail")?.contains("can't be exchanged") == true)
            }
        }
    }

    @Test("They are listed and revoked by their holder, end by themselves, and are removed later")
    func ends() async throws {
        try await Self.with { gateway, provider in
            let root = try await gateway.token(["*"])
            let texts = try await [
                Self.exchange(try provider.token(Self.claims()), gateway),
                Self.exchange(try provider.token(Self.claims()), gateway),
            ]
            .map { try #require(try $0.text("token")) }
            let other = try #require(
                try await Self.exchange(try provider.token(Self.claims(["sub": .text("other")])), gateway).text("token")
            )
            #expect(
                try await gateway.ask(.GET, "/api/v1/tokens", token: root).items().allSatisfy { $0["holder"] == nil }
            )
            let listed = try await gateway.ask(.GET, "/api/v1/tokens?identities=true", token: root).items()
            #expect(listed.count == 3)
            let holder = "project_path:lkft/linux:ref_type:branch:ref:main (ci)"
            let escaped = try #require(holder.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
            let revoked = try await gateway.ask(.DELETE, "/api/v1/tokens/\(escaped)", token: root)
            #expect((try revoked.json()["revoked"] as? [String])?.count == 2)
            for text in texts { #expect(try await gateway.ask(.GET, "/api/v1/caller", token: text).status == 401) }
            // What the provider said before counts no more; what it says from now on does.
            let now = Date().timeIntervalSince1970
            let old = try await Self.exchange(try provider.token(Self.claims(["iat": .number(now - 30)])), gateway)
            #expect(try old.status == 401 && old.text("detail")?.contains("was revoked after") == true)
            let new = try await Self.exchange(try provider.token(Self.claims(["iat": .number(now + 5)])), gateway)
            #expect(new.status == 201)
            #expect(try await gateway.ask(.GET, "/api/v1/caller", token: other).status == 200)
            // A version that does not know whom a token is for lets it do nothing.
            let rows = try await gateway.parts.postgres.query(
                "select projects, abilities from token where provider is not null"
            )
            #expect(try rows.allSatisfy { row in try row.decode("projects", as: [String].self).isEmpty })
            #expect(try rows.allSatisfy { row in try row.decode("abilities", as: [String].self).isEmpty })
            try await gateway.parts.postgres.execute("update token set expires_at = now() where holder like 'other%'")
            #expect(try await gateway.ask(.GET, "/api/v1/caller", token: other).status == 401)
            #expect(try await gateway.store.removeExpiredIdentityTokens(limit: 10) == 0)
            try await gateway.parts.postgres.execute(
                "update token set expires_at = now() - interval '8 days' where provider is not null"
            )
            #expect(try await gateway.store.removeExpiredIdentityTokens(limit: 10) == 4)
            let audit = try await gateway.store.audit(AuditFilter(), limit: 20)
            #expect(audit.count { $0.action == "exchange token" } == 5)
        }
    }
}
