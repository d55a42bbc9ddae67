// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import NIOHTTP1
import Postgres
import Testing

@Suite("Results that are reported over HTTP", .timeLimit(.minutes(10)))
struct ReportedResultTests {
    private static let passed = #"{"outcome": "complete", "tests": [{"suite": "boot", "name": "a", "result": "pass"}]}"#

    /// Lends a gateway with an external lab, and a jobset with jobs of it and of a LAVA lab.
    private func withJobs(
        _ body: @escaping @Sendable (TestGateway, _ token: String, _ jobset: String, _ jobs: [Int]) async throws -> Void
    ) async throws {
        try await TestGateway.with(labs: ["desk": .external]) { gateway in
            let token = try await gateway.token()
            let desk = #"{"environment": "env-0", "backend": "desk", "definition": "a: 1"}"#
            let lab = #"{"environment": "env-0", "backend": "lab-a", "definition": "a: 1"}"#
            let id = try await gateway.submit(
                #"{"build": "/g/p/1", "jobs": [\#(desk), \#(lab), \#(desk)]}"#,
                token: token
            )
            let jobs = try await gateway.store.jobs(of: gateway.uuid(id)).map(\.id)
            try await body(gateway, token, id, jobs)
        }
    }

    private func stored(_ gateway: TestGateway) async throws -> Int {
        try await gateway.store.client.query("select count(*) from external_job where outcome is not null")
            .first?.decode(Int.self) ?? 0
    }

    @Test("A result is taken, and the same again is told as a repeat")
    func taken() async throws {
        try await withJobs { gateway, token, id, jobs in
            let path = "/api/v1/jobs/\(jobs[0])/result"
            let answer = try await gateway.ask(.POST, path, token: token, Self.passed)
            #expect(answer.status == 202, "\(answer.text)")
            #expect(try answer.text("jobset") == id)
            #expect(try answer.number("position") == 0 && answer.number("attempt") == 1)
            #expect(try answer.json()["is_repeat"] as? Bool == false)
            let again = try await gateway.ask(.POST, path, token: token, Self.passed)
            #expect(again.status == 202)
            #expect(try again.json()["is_repeat"] as? Bool == true)
            let other = try await gateway.ask(.POST, path, token: token, #"{"outcome": "incomplete"}"#)
            #expect(other.status == 409)
            #expect(try other.text("type") == "urn:muster:problem:result-differs")
            let xml = #"{"outcome": "complete", "junit": "<testsuite><testcase name='a'/></testsuite>"}"#
            #expect(try await gateway.ask(.POST, "/api/v1/jobs/\(jobs[2])/result", token: token, xml).status == 202)
            #expect(try await stored(gateway) == 2)
            let audit = try await gateway.ask(.GET, "/api/v1/audit?action=report", token: gateway.token(["*"]))
            #expect(try audit.items().count == 4)
        }
    }

    @Test("A job of a LAVA lab, one of nobody's and one that has ended take none")
    func refused() async throws {
        try await withJobs { gateway, token, id, jobs in
            let lava = try await gateway.ask(.POST, "/api/v1/jobs/\(jobs[1])/result", token: token, Self.passed)
            #expect(lava.status == 409)
            #expect(try lava.text("type") == "urn:muster:problem:not-external")
            for number in ["0", "-1", "x", "99999999999999999999", "\(jobs[2] + 1_000)"] {
                #expect(
                    try await gateway.ask(.POST, "/api/v1/jobs/\(number)/result", token: token, Self.passed).status
                        == 404
                )
            }
            try await gateway.end(id, positions: [0], .expired)
            let ended = try await gateway.ask(.POST, "/api/v1/jobs/\(jobs[0])/result", token: token, Self.passed)
            #expect(ended.status == 409)
            #expect(try ended.text("type") == "urn:muster:problem:job-already-finished")
            #expect(try await stored(gateway) == 0)
        }
    }

    @Test("Nobody reports for a project without the right to, whatever else the token may do")
    func rights() async throws {
        try await withJobs { gateway, _, _, jobs in
            let path = "/api/v1/jobs/\(jobs[0])/result"
            #expect(try await gateway.ask(.POST, path, Self.passed).status == 401)
            let stranger = try await gateway.token(["g/other"])
            #expect(try await gateway.ask(.POST, path, token: stranger, Self.passed).status == 404)
            let others = try await gateway.token(can: Set(Ability.allCases).subtracting([.report]))
            #expect(try await gateway.ask(.POST, path, token: others, Self.passed).status == 403)
            let blind = try await gateway.token(can: [.report])
            #expect(try await gateway.ask(.POST, path, token: blind, Self.passed).status == 202)
        }
    }

    @Test("What is wrong with a result is told at once, with its places, and nothing is stored")
    func faults() async throws {
        try await withJobs { gateway, token, _, jobs in
            let path = "/api/v1/jobs/\(jobs[0])/result"
            let wrong = #"{"outcome": "good", "url": "x", "tests": [{"name": "a"}]}"#
            let answer = try await gateway.ask(.POST, path, token: token, wrong)
            #expect(answer.status == 400)
            #expect(try answer.pointers().sorted() == ["/outcome", "/tests/0/result", "/url"])
            #expect(try await gateway.ask(.POST, path, token: token, "").status == 400)
            #expect(try await gateway.ask(.POST, "\(path)?x=1", token: token, Self.passed).status == 400)
            let bomb =
                #"{"outcome": "complete", "junit": "<!DOCTYPE t [<!ENTITY a \"b\">]><testsuite>&a;</testsuite>"}"#
            let refused = try await gateway.ask(.POST, path, token: token, bomb)
            #expect(refused.status == 400 && refused.text.contains("must not have a document type"))
            #expect(try await stored(gateway) == 0)
        }
    }

    @Test("A client of SQUAD's submits test runs: each is the first waiting job's of its environment")
    func squad() async throws {
        try await withJobs { gateway, token, _, jobs in
            let path = "/api/submit/g/p/1/env-0"
            func submit(_ fields: String) async throws -> Answer { try await gateway.form(path, fields, token: token) }
            let tests = "tests=%7B%22boot%2Fa%22%3A%22pass%22%7D"
            let first = try await submit("\(tests)&job_id=run-1")
            #expect(first.status == 201 && first.text == "\(jobs[0])", "\(first.text)")
            #expect(try await submit("\(tests)&job_id=run-1").text == "\(jobs[0])")
            let other = try await submit("job_id=run-1")
            #expect(other.status == 400 && other.text == "There is already a test run with job_id run-1")
            #expect(try await submit(tests).text == "\(jobs[2])")
            #expect(try await submit(tests).text == "\(jobs[2])")
            let full = try await submit("job_id=run-3")
            #expect(full.status == 400 && full.text.contains("has its result, or has ended"))
            let none = try await gateway.form("/api/submit/g/p/1/env-9", tests, token: token)
            #expect(none.status == 400 && none.text.contains("no job of environment env-9"))
            let broken = try await submit("tests=%5B")
            #expect(broken.status == 400 && broken.text.hasPrefix("tests is not valid JSON"))
            let reader = try await gateway.token(can: [.read, .submit])
            #expect(try await gateway.form(path, tests, token: reader).status == 403)
            #expect(try await stored(gateway) == 2)
        }
    }
}
