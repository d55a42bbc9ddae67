// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Foundation
import NIOHTTP1
import Testing

@Suite("A flood without a good token")
struct FloodTests {
    private static let settings = ["requests_per_second": "1", "request_burst": "20", "token_refresh_seconds": "0.2"]

    @Test("A good token from the same address has its own allowance, also one that was never used before")
    func sameAddress() async throws {
        try await TestGateway.with(Self.settings) { gateway in
            let used = try await gateway.token()
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets", token: used).status == 200)
            let fresh = try await gateway.token()
            try await Self.flood(gateway)
            for _ in 0..<10 { #expect(try await gateway.ask(.GET, "/api/v1/jobsets", token: used).status == 200) }
            try await eventually("the new token to be known") {
                try await gateway.ask(.GET, "/api/v1/jobsets", token: fresh).status == 200
            }
            let browser = try await Self.signedIn(gateway, token: used)
            try await Self.flood(gateway)
            #expect(try await browser.get("/").status == 200)
            // The flood goes on, and is refused without the database.
            try await Self.flood(gateway)
            let last = try await gateway.ask(.GET, "/api/v1/jobsets", token: TokenText.make())
            #expect(last.status == 429)
        }
    }

    @Test("Somebody behind the address of a flood can sign in, and who guesses has no more tries for it")
    func signIn() async throws {
        try await TestGateway.with(Self.settings) { gateway in
            let token = try await gateway.token()
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets", token: token).status == 200)
            try await Self.flood(gateway)
            let browser = Browser(gateway)
            for _ in 0..<3 {
                let page = try await browser.get("/login")
                #expect(page.status == 200)
                let style = try #require(page.text.firstMatch(of: /href="(\/assets\/[^"]+\.css)"/))
                #expect(try await browser.get(String(style.output.1)).status == 200)
                #expect(try await browser.post("/login", ["token": token]).status == 303)
            }
            var stale = browser
            stale.cookie = "muster=\(TokenText.make())"
            #expect(try await stale.get("/login").status == 200)
            #expect(try await stale.post("/login", ["token": token]).status == 303)
            // Each of these counts as a guess, and is refused as one.
            let guesses: [(token: String, origin: String)] = [
                (TokenText.make(), "own"), ("", "own"), (token, "https://evil.example"),
            ]
            for guess in guesses {
                try await eventually("the address to be over its limit") {
                    try await browser.post("/login", ["token": guess.token], origin: guess.origin).status == 429
                }
            }
            // Guesses at this door alone are enough to be over it.
            let settings = ["requests_per_second": "1", "request_burst": "5"]
            try await TestGateway.with(settings) { other in
                let browser = Browser(other)
                try await eventually("the address to be over its limit") {
                    try await browser.post("/login", ["token": TokenText.make()]).status == 429
                }
            }
        }
    }

    @Test("The page on which people sign in is not to be had without limit")
    func pages() async throws {
        try await TestGateway.with(Self.settings) { gateway in
            try await eventually("the address to be over its limit") {
                try await Browser(gateway).get("/login").status == 429
            }
        }
    }

    @Test("A token that is revoked is a guess from then on")
    func revoked() async throws {
        try await TestGateway.with(Self.settings) { gateway in
            let token = try await gateway.token()
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets", token: token).status == 200)
            let name = try #require(try await gateway.store.tokens().first?.name)
            _ = try await gateway.store.revokeToken(name)
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets", token: token).status == 401)
            try await Self.flood(gateway)
            #expect(try await gateway.ask(.GET, "/api/v1/jobsets", token: token).status == 429)
        }
    }

    @Test("It is said once that requests come through a proxy that nobody believes", arguments: [true, false])
    func untrustedProxy(isHTTPS: Bool) async throws {
        let log = RecordedLog()
        let url = isHTTPS ? "https://muster.example.org" : "http://muster.example.org"
        try await TestGateway.with(["public_url": url], logger: log.logger) { gateway in
            for _ in 0..<3 {
                _ = try await gateway.ask(.GET, "/api/v1/openapi.json", headers: ["X-Forwarded-For": "198.51.100.1"])
            }
            let told = log.text.split(separator: "\n").filter { $0.contains("gateway.trusted_proxies") }
            #expect(told.count == (isHTTPS ? 1 : 0))
            let warned = gateway.parts.configuration.warnings.contains { $0.key == "gateway.trusted_proxies" }
            #expect(warned == isHTTPS)
        }
    }

    /// Guesses until the address may guess no more.
    private static func flood(_ gateway: TestGateway) async throws {
        try await eventually("the address to be over its limit") {
            try await gateway.ask(.GET, "/api/v1/jobsets", token: TokenText.make()).status == 429
        }
    }

    /// Somebody who signed in before the flood.
    private static func signedIn(_ gateway: TestGateway, token: String) async throws -> Browser {
        var browser = Browser(gateway)
        browser.cookie = "muster=\(token)"
        return browser
    }
}
