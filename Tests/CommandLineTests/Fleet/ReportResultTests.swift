// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Reporting results", .timeLimit(.minutes(10)))
struct ReportResultTests {
    private static let junit =
        "<testsuite name='boot'><testcase name='login'/><testcase name='x'><failure/></testcase></testsuite>"

    /// Lends a fleet whose lab is of type external, and the environment of its commands.
    private func withExternal(_ body: (TestFleet, [String: String]) async throws -> Void) async throws {
        try await TestFleet.with(lab: .external) { fleet in try await body(fleet, fleet.environment) }
    }

    @Test("A result is reported with tests of each form, from files and from standard input")
    func forms() async throws {
        try await withExternal { fleet, environment in
            let id = try await fleet.accept(jobs: 4)
            func report(_ arguments: String..., input: String = "") async throws -> Program.Ending {
                try await Program(
                    arguments: ["report-result", id] + arguments,
                    environment: environment,
                    input: input
                ).run()
            }
            try await fleet.withFile(Self.junit) { path in
                let first = try await report("0", "--junit", path, "--url", "https://ci.example.com/1")
                #expect(first.status == 0, "\(first.errors)")
                #expect(first.output == "jobset\t\(id)\njob\t0\nattempt\t1\n")
                let again = try await report("0", "--junit", path, "--url", "https://ci.example.com/1")
                #expect(again.status == 0 && again.errors == "the same result was reported before\n")
            }
            let ktap = try await report("1", "--ktap", "-", input: "TAP version 13\nok 1 a\n")
            #expect(ktap.status == 0, "\(ktap.errors)")
            let tests = try await report(
                "2",
                "--tests",
                "-",
                "-o",
                "json",
                input: #"[{"name": "a", "result": "pass"}]"#
            )
            #expect(tests.status == 0 && tests.output.contains("\"is_repeat\" : false"), "\(tests.errors)")
            let bad = try await report(
                "3",
                "--outcome",
                "incomplete",
                "--reason",
                "no space left",
                "--infrastructure"
            )
            #expect(bad.status == 0, "\(bad.errors)")
            let other = try await report("3", "--outcome", "canceled")
            #expect(other.status == 2 && other.errors.contains("another result of attempt 1 has been reported already"))
            let stored = try await fleet.postgres.query("select count(*) from external_test").one().decode(Int.self)
            #expect(stored == 4)
            let reporters = try await fleet.postgres.query("select distinct reported_by from external_job")
                .map { try $0.decode(String.self) }
            #expect(reporters == [NSUserName()])
        }
    }

    @Test("What is wrong is told before anything is stored")
    func faults() async throws {
        try await withExternal { fleet, environment in
            let id = try await fleet.accept(jobs: 1)
            for (arguments, words) in [
                (["--junit", "/nowhere/x.xml"], "/nowhere/x.xml can't be read"),
                (["--junit", "-"], "/junit: is not well-formed XML"), (["--tests", "-"], "/tests"),
                (["--url", "ftp://x"], "/url: must begin with http:// or https://"),
                (["--infrastructure"], "is only for --outcome incomplete"),
                (["--junit", "-", "--ktap", "-"], "exclude each other"), (["--attempt", "0"], "a number from 1"),
                (["--attempt", "2"], "there is no attempt 2 yet"), (["--outcome", "good"], "--outcome"),
            ] {
                let ending = try await Program(
                    arguments: ["report-result", id, "0"] + arguments,
                    environment: environment,
                    input: "{}"
                ).run()
                #expect(ending.status == 2 && ending.errors.contains(words), "\(arguments): \(ending.errors)")
            }
            let stored = try await fleet.postgres.query("select count(*) from external_job").one().decode(Int.self)
            #expect(stored == 0)
        }
    }

    @Test("Over HTTP it says and does the same")
    func served() async throws {
        try await withExternal { fleet, environment in
            let id = try await fleet.accept(jobs: 2)
            try await fleet.withGateway { gateway, token in
                let served = ["MUSTER_SERVER": gateway.url, "MUSTER_TOKEN": token, "PATH": "/usr/bin:/bin"]
                for position in ["0", "1"] {
                    let arguments = ["report-result", id, position, "--junit", "-"]
                    // Each is reported by one way, and repeated by the other.
                    let ways = position == "0" ? [environment, served] : [served, environment]
                    for (number, way) in ways.enumerated() {
                        let ending = try await Program(arguments: arguments, environment: way, input: Self.junit).run()
                        #expect(ending.status == 0, "\(ending.errors)")
                        #expect(ending.output == "jobset\t\(id)\njob\t\(position)\nattempt\t1\n")
                        #expect(ending.errors == (number == 0 ? "" : "the same result was reported before\n"))
                    }
                    for way in ways {
                        let other = try await Program(
                            arguments: ["report-result", id, position, "--outcome", "canceled"],
                            environment: way
                        ).run()
                        #expect(other.status == 2)
                        #expect(other.errors.contains("another result of attempt 1 has been reported already"))
                    }
                }
            }
        }
    }
}
