// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports
import TestSupport
import Testing

@testable import Fleet

@Suite("The report for KernelCI's database")
struct KCIDBReportTests {
    private static let settings = KCIDBSettings(
        origin: "example_lab",
        compatible: ["qemu-arm64": ["linux,dummy-virt"], "juno-r2": ["arm,juno-r2", "arm,juno"]]
    )

    private static let report: FinishedJobsetReport = {
        var jobset = Sample.jobset(.failed, labels: ["branch": "master"])
        jobset.source = Sample.source
        return FinishedJobsetReport(
            jobset: jobset,
            jobs: Sample.mixed.jobs,
            failedTests: [],
            knownIssues: [
                KnownIssueOutcome(
                    TestPattern(environment: "qemu*", suite: "ltp*", test: "fcntl??"),
                    reason: "locks on overlayfs",
                    url: "https://bugs.example.org/17",
                    failures: 1,
                    passes: 0,
                    environments: 1
                )
            ],
            page: "https://muster.example.org/jobsets/1"
        )
    }()

    private static func test(_ suite: String, _ name: String, _ status: ResultStatus) -> TestResult {
        var test = Sample.test(0, "qemu-arm64", suite, name)
        test.status = status
        return test
    }

    private static func object(_ json: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    private static func list(_ object: [String: Any], _ key: String) throws -> [[String: Any]] {
        try #require(object[key] as? [[String: Any]], "\(key)")
    }

    @Test("Checkout, build, tests, issues and incidents are what KernelCI's library takes, with what is known")
    func whole() throws {
        var document = try KCIDBReport(Self.report, Self.settings)
        var measured = Self.test("boot", "time", .pass)
        measured.measurement = "12.5"
        measured.units = "s"
        try document.add(measured)
        try document.add(Self.test("ltp-syscalls", "fork13", .fail))
        try document.add(Self.test("ltp-syscalls", "fcntl14", .xfail))
        try document.add(Self.test("ltp-syscalls", "fcntl14", .xfail))
        try document.add(Self.test("v4l2", "video0/Control Ioctls.test 1", .skip))
        try document.add(Self.test("v4l2", "other", .unknown))
        let json = try document.json()
        #expect(try KCIDBCheck.problems(json) == [])
        let data = try Self.object(json)
        let checkout = try #require(try Self.list(data, "checkouts").first)
        #expect(checkout["git_commit_hash"] as? String == "0123456789abcdef0123456789abcdef01234567")
        #expect(checkout["git_commit_name"] as? String == "next-20261123")
        #expect(checkout["patchset_hash"] as? String == "")
        #expect(checkout["tree_name"] as? String == "linux-next")
        let build = try #require(try Self.list(data, "builds").first)
        #expect(build["architecture"] as? String == "arm64" && build["config_name"] as? String == "defconfig")
        #expect(build["status"] as? String == "PASS")
        let tests = try Self.list(data, "tests")
        let told = tests.map { "\($0["path"] as? String ?? "") \($0["status"] as? String ?? "")" }
        #expect(
            told == [
                "job ERROR", "job MISS", "boot.time PASS", "ltp-syscalls.fork13 FAIL", "ltp-syscalls.fcntl14 FAIL",
                "ltp-syscalls.fcntl14 FAIL", "v4l2.video0.Control_Ioctls.test_1 SKIP", "v4l2.other ERROR",
            ]
        )
        #expect(
            tests[0]["log_excerpt"] as? String == "Infrastructure: bootloader-interrupt timed out after 30 seconds"
        )
        #expect((tests[0]["environment"] as? [String: Any])?["compatible"] as? [String] == ["arm,juno-r2", "arm,juno"])
        #expect((tests[2]["environment"] as? [String: Any])?["compatible"] as? [String] == ["linux,dummy-virt"])
        let misc = (tests[2]["environment"] as? [String: Any])?["misc"] as? [String: String]
        #expect(misc == ["platform": "qemu-arm64", "lab": "lab-a", "device": "qemu-01"])
        #expect((tests[2]["number"] as? [String: Any])?["value"] as? Double == 12.5)
        #expect(tests[3]["log_url"] as? String == "https://lava.example.org/scheduler/job/1000/log_file/plain")
        let issues = try Self.list(data, "issues")
        #expect(issues.map { $0["report_url"] as? String } == ["https://bugs.example.org/17"])
        let incidents = try Self.list(data, "incidents")
        #expect(incidents.map { $0["test_id"] as? String } == [tests[4], tests[5]].map { $0["id"] as? String })
    }

    @Test("A retry makes another build of the same checkout, and shares no id with the one before")
    func generations() throws {
        func ids(_ generation: Int) throws -> [String: Set<String>] {
            var jobset = Self.report.jobset
            jobset.generation = generation
            let report = FinishedJobsetReport(jobset: jobset, jobs: Self.report.jobs, failedTests: [])
            var document = try KCIDBReport(report, Self.settings)
            try document.add(Self.test("boot", "time", .pass))
            let data = try Self.object(try document.json())
            return try Dictionary(
                uniqueKeysWithValues: ["checkouts", "builds", "tests"].map { list in
                    (list, Set(try Self.list(data, list).compactMap { $0["id"] as? String }))
                }
            )
        }
        let (first, second) = (try ids(1), try ids(2))
        #expect(first["checkouts"] == second["checkouts"] && first["checkouts"]?.count == 1)
        for list in ["builds", "tests"] {
            let (before, after) = (try #require(first[list]), try #require(second[list]))
            #expect(!before.isEmpty && before.count == after.count && before.isDisjoint(with: after))
        }
    }

    @Test("Jobsets of one source are of one checkout, and what is sent again has the ids that it had")
    func ids() throws {
        func ids(_ report: FinishedJobsetReport) throws -> [String] {
            let data = try Self.object(try KCIDBReport.json(report, Self.settings))
            return try ["checkouts", "builds", "tests"].flatMap {
                try Self.list(data, $0).compactMap { $0["id"] as? String }
            }
        }
        let first = try ids(Self.report)
        #expect(try ids(Self.report) == first)
        var other = Self.report
        other.jobset.id = UUID()
        let second = try ids(other)
        #expect(first[0] == second[0])
        #expect(Set(first.dropFirst()).isDisjoint(with: second.dropFirst()))
        var elsewhere = other
        elsewhere.jobset.source?.commit = String(repeating: "1", count: 40)
        #expect(try ids(elsewhere)[0] != first[0])
    }

    @Test(
        "Whatever names, links and texts there are, the document is valid",
        arguments: HTMLReportTests.samples.map(\.name)
    )
    func samples(name: String) throws {
        let report = try #require(HTMLReportTests.samples.first { $0.name == name }).report
        #expect(try KCIDBCheck.problems(try KCIDBReport.json(report, Self.settings)) == [])
    }

    @Test("A document without a source, and one that is full, are valid and say what they lack")
    func bounds() throws {
        let limits = TestCaseLimits(jobs: 1, tests: 2, bytes: 1_000_000, nameLength: 10, reasonLength: 10)
        var document = try KCIDBReport(Sample.mixed, Self.settings, limits: limits)
        for number in 0..<5 { try document.add(Self.test("ltp", "case-of-a-long-name-\(number)", .fail)) }
        #expect(document.isFull)
        let json = try document.json()
        #expect(try KCIDBCheck.problems(json) == [])
        let data = try Self.object(json)
        #expect(try Self.list(data, "tests").count == 3)
        let misc = try #require(try Self.list(data, "builds").first?["misc"] as? [String: String])
        #expect(misc["tests_omitted"] == "1211")
        #expect(try Self.list(data, "checkouts").first?["git_commit_hash"] == nil)
    }
}
