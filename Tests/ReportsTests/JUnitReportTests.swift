// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Reports
import Testing

@Suite("The JUnit report")
struct JUnitReportTests {
    /// What Jenkins' `junit-10.xsd` and Windy Road's `JUnit.xsd` both allow: of each element its attributes, all of
    /// which one of them requires, and its content in order.
    private static let attributes: [String: Set<String>] = [
        "testsuites": [], "properties": [], "system-out": [], "system-err": [], "property": ["name", "value"],
        "testsuite": [
            "name", "package", "id", "timestamp", "hostname", "time", "tests", "failures", "errors", "skipped",
        ],
        "testcase": ["name", "classname", "time"], "failure": ["type", "message"], "error": ["type", "message"],
    ]
    private static let content = [
        "testsuites": "(testsuite )*", "properties": "(property )*",
        "testsuite": "properties (testcase )*system-out system-err ",
        "testcase": "((failure|error|skipped) )?",
    ]

    private static func check(_ xml: String) throws -> [MarkupOutline.Element] {
        let elements = try MarkupOutline(xml: xml).elements
        for element in elements {
            if element.name == "skipped" {
                #expect(Set(element.attributes.keys).isSubset(of: ["message"]))
            } else {
                #expect(Set(element.attributes.keys) == attributes[element.name], "\(element.name)")
            }
            let children = element.children.map { $0 + " " }.joined()
            let allowed = try Regex(content[element.name] ?? "")
            #expect(try allowed.wholeMatch(in: children) != nil, "\(element.name): \(children)")
            for name in ["name", "classname", "hostname", "package"] {
                #expect(element.attributes[name]?.allSatisfy(\.isWhitespace) != true)
            }
            if let timestamp = element.attributes["timestamp"] {
                #expect(timestamp.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/) != nil)
            }
        }
        let suites = elements.filter { $0.name == "testsuite" }
        #expect(suites.map { $0.attributes["id"] } == suites.indices.map { "\($0)" })
        #expect(
            suites.compactMap { Int($0.attributes["tests"] ?? "") }.reduce(0, +)
                == elements.count { $0.name == "testcase" }
        )
        #expect(
            suites.compactMap { Int($0.attributes["errors"] ?? "") }.reduce(0, +)
                == elements.count { $0.name == "error" }
        )
        #expect(
            suites.compactMap { Int($0.attributes["failures"] ?? "") }.reduce(0, +)
                == elements.count { $0.name == "failure" }
        )
        return elements
    }

    @Test("Every document has the shape that both schemas ask for", arguments: HTMLReportTests.samples.map(\.name))
    func shape(_ name: String) throws {
        let report = try #require(HTMLReportTests.samples.first { $0.name == name }).report
        _ = try Self.check(JUnitReport.xml(report))
    }

    @Test("A job that did not complete is an error with its reason and its page, a failed test a failure")
    func errors() throws {
        let elements = try Self.check(JUnitReport.xml(Sample.mixed))
        let errors = elements.filter { $0.name == "error" }
        #expect(errors.map { $0.attributes["type"] } == ["incomplete", "rejected"])
        #expect(errors.first?.text.contains("https://lava.example.org/scheduler/job/1002") == true)
        #expect(errors.first?.attributes["message"]?.contains("bootloader-interrupt timed out") == true)
        #expect(elements.count { $0.name == "failure" } == 2)
        let cases = elements.filter { $0.attributes["classname"] == "qemu-arm64.ltp-syscalls" }
        #expect(cases.map { $0.attributes["name"] } == ["fork01", "fork13"])
    }

    @Test("Beyond its limits it lists no more, and says what it left out")
    func limits() throws {
        let limits = TestCaseLimits(jobs: 1, tests: 2, bytes: 1_000_000, nameLength: 10, reasonLength: 10)
        let report = FinishedJobsetReport(
            jobset: Sample.jobset(.incomplete),
            jobs: (0..<3).map { Sample.job($0, "e", tests: TestCounts(pass: 5, fail: 0, skip: 0, unknown: 0)) },
            failedTests: []
        )
        var document = JUnitReport(report, limits: limits)
        for number in 0..<15 {
            var test = Sample.test(0, "e", "s", "n\(number)")
            test.status = .pass
            document.add(test)
        }
        let full = document.isFull
        let elements = try Self.check(document.xml())
        #expect(full)
        #expect(elements.count { $0.name == "testcase" } == 3)
        let properties = elements.filter { $0.name == "property" }.map(\.attributes)
        #expect(properties.contains(["name": "tests_omitted", "value": "13"]))
        #expect(properties.contains(["name": "jobs_omitted", "value": "2"]))
        #expect(elements.contains { $0.name == "system-out" && $0.text.contains("13 more test cases are left out") })
        var bytes = JUnitReport(
            report,
            limits: TestCaseLimits(jobs: 1, tests: 99, bytes: 10, nameLength: 10, reasonLength: 10)
        )
        #expect(!bytes.isFull)
        bytes.add(Sample.test(0, "e", "s", "n"))
        #expect(bytes.isFull)
    }

    @Test("Another job, or another job of the environment behind, changes neither class nor name of any other case")
    func stable() throws {
        func cases(_ environments: [String]) throws -> [String] {
            var known: Set<String> = []
            let names = environments.map { known.insert($0).inserted ? nil : "#2" }
            let jobs = environments.indices.map { place in
                var job = Sample.job(place, environments[place], outcome: .incomplete)
                job.name = names[place]
                return job
            }
            var document = JUnitReport(
                FinishedJobsetReport(jobset: Sample.jobset(.incomplete), jobs: jobs.reversed(), failedTests: [])
            )
            for (place, environment) in environments.enumerated() {
                var test = Sample.test(place, environment, "ltp", "fork01")
                test.jobName = names[place]
                document.add(test)
            }
            return try Self.check(document.xml()).filter { $0.name == "testcase" }.map {
                "\($0.attributes["classname"] ?? "") \($0.attributes["name"] ?? "")"
            }
        }
        let before = try cases(["pi", "qemu"])
        #expect(before == ["jobs pi", "jobs qemu", "pi.ltp fork01", "qemu.ltp fork01"])
        #expect(Set(before).isSubset(of: try cases(["new", "pi", "qemu"])))
        #expect(try cases(["pi", "qemu", "pi"]).sorted() == (before + ["jobs pi #2", "pi.#2.ltp fork01"]).sorted())
    }

    @Test("Runs of a suite and members of a group stay apart, and skipped is not failed")
    func apart() throws {
        var document = JUnitReport(Sample.mixed)
        for (run, role, status) in [(1, "client", ResultStatus.pass), (2, "client", .skip), (1, "server", .unknown)] {
            var test = Sample.test(0, "qemu-arm64", "ltp", "a")
            test.suiteNumber = run
            test.role = role
            test.labJob = role == "client" ? 1 : 2
            test.status = status
            document.add(test, suiteRun: run)
        }
        let elements = try Self.check(document.xml())
        let names = elements.filter { $0.name == "testsuite" }.map { $0.attributes["name"] }
        #expect(names == ["jobs", "ltp (role client)", "ltp (run 2) (role client)", "ltp (role server)"])
        #expect(elements.count { $0.name == "skipped" } == 2)
    }
}
