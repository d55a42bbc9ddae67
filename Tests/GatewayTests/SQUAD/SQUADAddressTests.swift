// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOHTTP1
import Testing

@Suite("Addresses that SQUAD's users have")
struct SQUADAddressTests {
    @Test(
        "A name that breaks the rule is refused with the rule, whichever part it is",
        arguments: [
            ("g/p/v6.1.2-rc1+gabc", "version"), ("g/p/1.0~rc1", "version"), ("g/p%20q/1", "project"),
            ("~~g/p/1", "group"), ("g/p/\(String(repeating: "v", count: 101))", "version"),
        ]
    )
    func rule(path: String, part: String) async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token(["*"])
            let words = "the \(part) must be at most 100 letters, digits, \"_\", \".\" and \"-\""
            for (address, fields) in [
                ("submitjob/\(path)/e", TestGateway.jobForm), ("watchjob/\(path)/e", "backend=lab-a&testjob_id=7"),
                ("createbuild/\(path)", "jobs=1"), ("sealbuild/\(path)", ""),
            ] {
                let answer = try await gateway.form("/api/\(address)", fields, token: token)
                #expect(
                    answer.status == 400 && answer.text.hasPrefix(words),
                    "\(address): \(answer.status) \(answer.text)"
                )
            }
            let environment = try await gateway.form("/api/submitjob/g/p/1/a+b", TestGateway.jobForm, token: token)
            #expect(environment.status == 400 && environment.text.contains("must be at most 100 letters, digits"))
        }
    }

    @Test("A build's page leads to its jobset's page, and its api/ to the build")
    func pages() async throws {
        try await TestGateway.with { gateway in
            let token = try await gateway.token()
            _ = try await gateway.submitJob("e", token: token)
            let build = try await gateway.ask(.GET, "/api/builds/1/", token: token).json()
            let jobset = try #require(build["muster_jobset"] as? String)
            let reader = try await Browser(gateway, token: token)
            let page = try await reader.get("/g/p/build/1/")
            #expect(page.status == 303 && page.headers.first(name: "Location") == "/jobsets/\(jobset)")
            let api = try await reader.get("/g/p/build/1/api/")
            #expect(api.status == 303 && api.headers.first(name: "Location") == "/api/builds/1/")

            // One that came as a document has a page as well, and no number.
            let document = try await gateway.submit(TestGateway.document("/g/p/2"), token: token)
            let other = try await reader.get("/g/p/build/2/")
            #expect(other.headers.first(name: "Location") == "/jobsets/\(document)")
            let without = try await reader.get("/g/p/build/2/api/")
            #expect(without.status == 404 && without.text.contains("submitted through SQUAD"))
            #expect(try await reader.get("/g/p/build/3/").status == 404)
            #expect(try await reader.get("/g/p/build/a+b/").status == 404)
        }
    }

    @Test(
        "What stays in SQUAD is told so",
        arguments: [
            ("GET /api/builds/1/failures_with_confidence/", "/api/v1/jobsets/{jobset}/results"),
            ("GET /api/data/g/p/", "Results stay in SQUAD"), ("GET /api/annotations/", "stay in SQUAD"),
            ("GET /api/knownissues/", "stay in SQUAD"), ("GET /api/nothing/", "There is nothing at this address."),
        ]
    )
    func elsewhere(route: String, words: String) async throws {
        try await TestGateway.with { gateway in
            let parts = route.split(separator: " ").map(String.init)
            let token = try await gateway.token()
            let answer =
                try await parts[0] == "GET"
                ? gateway.ask(.GET, parts[1], token: token) : gateway.form(parts[1], "a=b", token: token)
            #expect(answer.status == 404)
            #expect(try answer.text("detail")?.contains(words) == true, "\(answer.text)")
        }
    }
}
