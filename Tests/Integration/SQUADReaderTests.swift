// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Fleet
import FleetStore
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// The script installs both from PyPI when they aren't there.
@Suite("squad-report, and what reads results with squad-client, as they are", .timeLimit(.minutes(15)))
struct SQUADReaderTests {
    /// A fleet that has run two builds of a project, and what a client needs to read them.
    private struct Builds: Sendable {
        let port: Int
        let token: String
        var url: String { "http://127.0.0.1:\(port)" }

        func run(_ program: String, _ arguments: [String]) async throws -> (status: Int32, output: String) {
            try await runScript(
                "deploy/squad-clients",
                [program] + arguments,
                environment: ["SQUAD_HOST": url, "SQUAD_URL": url, "SQUAD_TOKEN": token]
            )
        }
    }

    private static func with(_ body: @escaping @Sendable (TestFleet, Builds) async throws -> Void) async throws {
        try await TestFleet.with { fleet in
            try fleet.startAll()
            let gateway = try await fleet.startGateway()
            let token = try await fleet.store.newToken(["lkft/linux"], can: Set(Ability.allCases))
            let builds = Builds(port: gateway.port, token: token)
            for (version, passed, failed) in [("v1", 3, 0), ("v2", 2, 1)] {
                for environment in ["qemu", "juno"] {
                    let fails = environment == "qemu" ? failed : 0
                    let definition = TestFleet.definition([
                        "sim.pass": "\(passed + failed - fails)", "sim.fail": "\(fails)", "sim.suite": "smoke",
                    ])
                    let file = FileManager.default.temporaryDirectory.appending(path: "job-\(UUID().uuidString).yaml")
                    try Data(definition.utf8).write(to: file)
                    defer { try? FileManager.default.removeItem(at: file) }
                    let submitted = try await builds.run(
                        "squad-client",
                        ["submit-job", "--group", "lkft", "--project", "linux", "--build", version]
                            + ["--environment", environment, "--backend", "lab-a", "--definition", file.path]
                    )
                    #expect(submitted.status == 0, "\(submitted.output)")
                }
                let jobset = try #require(
                    try await fleet.store.jobsets(JobsetFilter(group: "lkft")).first {
                        $0.build == "/lkft/linux/\(version)"
                    }
                )
                let seal = builds.url + "/api/sealbuild/lkft/linux/\(version)"
                #expect(try await Self.status(.POST, seal, token) == 200)
                _ = try await fleet.waitUntilFinished(jobset.id)
                try await fleet.waitForReport(of: jobset.id)
            }
            try await body(fleet, builds)
        }
    }

    @Test("squad-report says what has become worse since the build before")
    func report() async throws {
        try await Self.with { _, builds in
            let place = ["--group", "lkft", "--project", "linux", "--build", "v2", "--config", "/nonexistent"]
            for base in [["--base-build", "v1"], []] {
                let made = try await builds.run("squad-report", place + base)
                #expect(made.status == 0, "\(made.output)")
                #expect(made.output.contains("Test Regressions (compared to v1)"), "\(made.output)")
                #expect(made.output.contains("* qemu, smoke\n  - case_1"), "\(made.output)")
                #expect(made.output.contains("total: 6, pass: 5, fail: 1, skip: 0, xfail: 0"), "\(made.output)")
                #expect(made.output.contains("No metric regressions found."), "\(made.output)")
            }
        }
    }

    @Test("squad-client fills the template of a report")
    func template() async throws {
        try await Self.with { _, builds in
            let file = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID().uuidString).yml")
            defer { try? FileManager.default.removeItem(at: file) }
            let text = """
                squad_url: \(builds.url)
                token: \(builds.token)
                reports:
                - name: failing
                  template: >-
                    {% for build in builds.values() %}BUILD {{ build.version }} {{ build.status.tests_fail }}{% endfor %}
                    RUNS {{ runs | length }}
                    {% for run in runs.values() %}{% for test in run.tests().values() if test.status == "fail" -%}
                    FAILED {{ test.name }}{% endfor %}{% endfor %}
                  context:
                    builds: {type: Build, filters: {version: v2}}
                    runs: {type: TestRun, filters: {build: "2"}}
                """
            try Data(text.utf8).write(to: file)
            let made = try await builds.run("squad-client", ["report", "--report-config", file.path])
            #expect(made.status == 0, "\(made.output)")
            for words in ["BUILD v2 1", "RUNS 2", "FAILED smoke/case_1"] {
                #expect(made.output.contains(words), "\(words): \(made.output)")
            }
        }
    }

    @Test("squad-client downloads results, walks test runs, and finds the report")
    func results() async throws {
        try await Self.with { fleet, builds in
            let file = FileManager.default.temporaryDirectory.appending(path: "results-\(UUID().uuidString).txt")
            defer { try? FileManager.default.removeItem(at: file) }
            let project = ["--group", "lkft", "--project", "linux", "--filename", file.path]
            for (named, isLatest) in [
                ("latest", true), ("latest-finished", true), ("v1+1", true), ("v2-1", false), ("latest-1", false),
            ] {
                let done = try await builds.run("squad-client", ["download-results", "--build", named] + project)
                #expect(done.status == 0, "\(done.output)")
                let text = try String(contentsOf: file, encoding: .utf8)
                #expect(text.contains("qemu/smoke/case_1 fail") == isLatest, "\(named): \(text)")
            }
            let place = project + ["--build", "v2"]
            for (filter, lines) in [
                ([], 6), (["--environments", "qemu"], 3), (["--suites", "smoke"], 6),
                (["--environments", "juno", "--suites", "smoke"], 3),
            ] {
                let done = try await builds.run("squad-client", ["download-results"] + place + filter)
                #expect(done.status == 0, "\(done.output)")
                let text = try String(contentsOf: file, encoding: .utf8)
                #expect(text.split(separator: "\n").count == lines, "\(filter): \(text)")
                #expect(text.contains("qemu/smoke/case_1 fail") == !filter.contains("juno"), "\(text)")
            }
            let script = FileManager.default.temporaryDirectory.appending(path: "walk-\(UUID().uuidString).py")
            defer { try? FileManager.default.removeItem(at: script) }
            try Data(Self.walk.utf8).write(to: script)
            let walked = try await builds.run("squad-client", ["shell", script.path, "--script-params", "none"])
            for line in [
                "PAGES 6 ['fail', 'pass']", "RUNS 2 [3, 3] ['Complete', 'Complete']", "BASE v1", "EMAIL True",
                "REPORT 200 True",
                "FETCH 202",
            ] {
                #expect(walked.output.contains(line), "\(line): \(walked.output)")
            }
            // Whoever may only submit sees how a build stands, and not what it brought.
            let submitter = try await fleet.store.newToken(["lkft/linux"], can: [.submit])
            let stranger = try await fleet.store.newToken(["other/p"], can: Set(Ability.allCases))
            for path in [
                "builds/2/tests", "builds/2/metrics", "builds/2/testruns", "builds/2/metadata",
                "builds/2/metadata_by_testrun",
                "builds/2/email", "builds/2/report", "reports/2", "testruns/3", "testruns/3/metadata",
                "tests?test_run=3",
                "projects/1/compare_builds?baseline=1&to_compare=2",
            ] {
                for token in [submitter, stranger] {
                    #expect(try await Self.status(.GET, builds.url + "/api/" + path, token) == 404, "\(path)")
                }
                let status = try await Self.status(.GET, builds.url + "/api/" + path, builds.token)
                #expect((200..<300).contains(status), "\(path): \(status)")
            }
        }
    }

    private static func status(_ method: HTTPMethod, _ url: String, _ token: String) async throws -> Int {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "Auth-Token", value: token)
        return Int(try await HTTPClient.shared.execute(request, timeout: .seconds(60)).status.code)
    }

    private static let walk = """
        from squad_client.core.api import SquadApi
        from squad_client.core.models import Squad, Build
        from squad_client.utils import getid
        project = Squad().group("lkft").project("linux")
        build = project.build("v2")
        url, seen, first = f"/api/builds/{build.id}/tests/", [], {"limit": 4}
        while url:
            page = SquadApi.get(url, first).json()
            seen += page["results"]
            url = page["next"]
        print("PAGES", len({t["id"] for t in seen}), sorted({t["status"] for t in seen}))
        runs = build.testruns(bucket_suites=True).values()
        print("RUNS", len(runs), [len(r.tests()) for r in runs], [r.job_status for r in runs])
        print("BASE", Build().get(getid(build.status.baseline)).version)
        print("EMAIL", "case_1" in SquadApi.get(f"/api/builds/{build.id}/email", {}).text)
        ordered = SquadApi.get(f"/api/builds/{build.id}/report", {}).json()
        made = SquadApi.get(ordered["url"], {}).json()
        print("REPORT", made["status_code"], "case_1" in made["output_text"])
        job = list(build.testjobs().values())[0]
        print("FETCH", SquadApi.post(f"/api/fetchjob/{job.id}").status_code)
        """
}
