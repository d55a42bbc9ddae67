// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Testing

@testable import Gateway

@Suite("Signing in to the dashboard")
struct SessionTests {
    @Test("Who may see nothing is asked for a token, and comes back to the page")
    func signIn() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            let id = try await gateway.submit(TestGateway.document(), token: token)
            var browser = Browser(gateway)
            let first = try await browser.get("/jobsets/\(id)")
            #expect(first.status == 303)
            #expect(first.headers.first(name: "Location") == "/login?next=/jobsets/\(id)")
            #expect(first.headers["Set-Cookie"].isEmpty)
            #expect(try await browser.get("/login").headers["Set-Cookie"].isEmpty, "no cookie without need")
            let wrong = try await browser.post("/login", ["token": TokenText.make()])
            #expect(wrong.status == 401)
            #expect(wrong.headers["Set-Cookie"].isEmpty)
            let right = try await browser.post("/login", ["token": token, "next": "/jobsets/\(id)"])
            #expect(right.status == 303)
            #expect(right.headers.first(name: "Location") == "/jobsets/\(id)")
            let cookie = try #require(right.headers.first(name: "Set-Cookie"))
            #expect(cookie == "muster=\(token); Path=/; HttpOnly; SameSite=Strict")
            browser.cookie = "muster=\(token)"
            let page = try await browser.get("/jobsets/\(id)")
            #expect(page.status == 200)
            #expect(!page.text.contains(token))
            let out = try await browser.post("/logout", ["csrf": try await browser.proof(on: "/")])
            #expect(out.status == 303)
            #expect(out.headers.first(name: "Set-Cookie")?.contains("Max-Age=0") == true)
        }
    }

    @Test("Behind HTTPS the cookie travels by nothing else")
    func secure() async throws {
        try await TestGateway.with(["public_url": "https://muster.example.org"]) { gateway in
            let token = try await gateway.token()
            let browser = Browser(gateway)
            let answer = try await browser.post("/login", ["token": token], origin: "https://muster.example.org")
            #expect(
                answer.headers.first(name: "Set-Cookie")
                    == "__Host-muster=\(token); Path=/; HttpOnly; SameSite=Strict; Secure"
            )
        }
    }

    @Test("Public projects are seen without a token, and others are not")
    func publicProjects() async throws {
        try await TestGateway.with(["public_projects": "[g/open]"]) { gateway in
            // What a lab failed with may quote a job of any project.
            try await gateway.store.stopBackend("lab-a", reason: "quoted-from-a-job")
            for page in ["/", "/backends", "/backends/lab-a", "/api/v1/backends"] {
                #expect(try await !Browser(gateway).get(page).text.contains("quoted-from-a-job"), "\(page)")
            }
            let holder = try await gateway.token(["g/open"])
            #expect(try await gateway.ask(.GET, "/", token: holder).text.contains("quoted-from-a-job"))
            let token = try await gateway.token(["g/*"])
            let open = try await gateway.submit(TestGateway.document("/g/open/1"), token: token)
            let closed = try await gateway.submit(TestGateway.document("/g/closed/1"), token: token)
            let browser = Browser(gateway)
            let overview = try await browser.get("/")
            #expect(overview.status == 200)
            #expect(overview.headers["Set-Cookie"].isEmpty)
            #expect(overview.text.contains("g/open"))
            #expect(!overview.text.contains("g/closed"))
            #expect(try await browser.get("/jobsets/\(open)").status == 200)
            for path in ["/jobsets/\(closed)", "/projects/g/closed", "/jobsets/\(closed)/jobs/0", "/operations"] {
                #expect(try await browser.get(path).status == 303, "\(path)")
            }
            let found = try await browser.get("/search?q=1")
            #expect(!found.text.contains("g/closed"))
        }
    }

    @Test("A token of another project sees nothing of this one")
    func otherProject() async throws {
        try await TestGateway.with { gateway in
            let id = try await gateway.submit(TestGateway.document(), token: try await gateway.token())
            let browser = try await Browser(gateway, token: try await gateway.token(["g/other"]))
            for path in ["/jobsets/\(id)", "/projects/g/p", "/jobsets/\(id)/jobs/0", "/jobsets/\(id)/report"] {
                #expect(try await browser.get(path).status == 404, "\(path)")
            }
            #expect(try await browser.get("/operations").status == 403)
            for path in ["/", "/search?q=1", "/search?q=\(id)", "/backends", "/backends/lab-a"] {
                let page = try await browser.get(path)
                #expect(page.status == 200, "\(path)")
                #expect(!page.text.contains("/jobsets/\(id)"), "\(path)")
            }
        }
    }

    @Test("After signing in nobody is led to another site")
    func next() {
        for path in [
            "//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/a b", "/\u{7}", "/x\\y",
            "/\r\nSet-Cookie: a=b",
        ] {
            #expect(SessionRoutes.page(path) == "/", "\(path)")
        }
        #expect(
            SessionRoutes.page("/jobsets/1?show=failed&environment=a%20b") == "/jobsets/1?show=failed&environment=a%20b"
        )
        #expect(SessionRoutes.page(nil) == "/")
    }
}
