// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Fleet
@testable import SQUAD

@Suite("Test runs")
struct TestRunMakerTests {
    private static let job = FinishedJob(
        Job(
            id: 1,
            position: 3,
            environment: "qemu-arm64",
            backend: "lab-a",
            state: .finished,
            outcome: .complete,
            tests: TestCounts(),
            attempts: 1,
            labJobs: [],
            createdAt: Date(timeIntervalSince1970: 0)
        ),
        LabJob(number: 77, url: "https://lava.example.org/scheduler/job/77", device: "qemu-01"),
        of: UUID(uuidString: "313A9412-9D86-830E-AAF0-A2A0BA8C151F") ?? UUID()
    )

    private static func test(
        _ name: String,
        _ status: ResultStatus = .pass,
        suite: String = "ltp",
        number: Int = 1,
        measurement: String? = nil,
        units: String? = nil
    ) -> TestResult {
        TestResult(
            position: 3,
            environment: "qemu-arm64",
            backend: "lab-a",
            labJob: 77,
            suite: suite,
            suiteNumber: number,
            name: name,
            status: status,
            measurement: measurement,
            units: units
        )
    }

    private static func run(_ tests: [TestResult]) -> TestRun {
        var maker = TestRunMaker(job)
        return maker.next(tests)
    }

    @Test("LAVA's four words become SQUAD's three")
    func words() {
        let run = Self.run([
            Self.test("a", .pass), Self.test("b", .fail), Self.test("c", .skip), Self.test("d", .unknown),
        ])
        #expect(run.tests == ["ltp/a": "pass", "ltp/b": "fail", "ltp/c": "skip", "ltp/d": "skip"])
        #expect(run.environment == "qemu-arm64")
    }

    @Test("A measurement is a metric, and its test case stays a test case")
    func metrics() {
        let run = Self.run([
            Self.test("boot", .fail, measurement: "12.5", units: "s"), Self.test("size", measurement: "7", units: ""),
            Self.test("odd", measurement: "NaN"), Self.test("text", measurement: "fast"),
            Self.test("unit", measurement: "1", units: String(repeating: "u", count: 31)),
        ])
        #expect(run.tests["ltp/boot"] == "fail")
        #expect(run.tests.count == 5)
        #expect(run.metrics["ltp/boot"] == TestRun.Metric(value: 12.5, unit: "s"))
        #expect(run.metrics["ltp/size"] == TestRun.Metric(value: 7, unit: nil))
        #expect(run.metrics["ltp/unit"]?.unit == String(repeating: "u", count: 30))
        #expect(run.metrics.count == 3)
    }

    @Test("A suite that ran twice in a job is two suites, also over several test runs")
    func repeatedSuite() {
        var maker = TestRunMaker(Self.job)
        let first = maker.next([Self.test("a", .fail, number: 4), Self.test("a", number: 6)])
        #expect(first.tests == ["ltp/a": "fail", "ltp-2/a": "pass"])
        let second = maker.next([Self.test("b", number: 6), Self.test("b", suite: "kselftest", number: 7)])
        #expect(second.tests == ["ltp-2/b": "pass", "kselftest/b": "pass"])
    }

    @Test("Of two test cases with one name the worse stays, in either order")
    func repeatedName() {
        #expect(Self.run([Self.test("a", .fail), Self.test("a")]).tests == ["ltp/a": "fail"])
        #expect(Self.run([Self.test("a"), Self.test("a", .skip)]).tests == ["ltp/a": "skip"])
    }

    @Test("Names that SQUAD would drop are shortened, and stay apart")
    func longNames() {
        let long = String(repeating: "é", count: 256)
        let run = Self.run([Self.test(long), Self.test(long + "1"), Self.test(long + "2")])
        #expect(run.tests.count == 3)
        #expect(run.tests["ltp/\(long)"] == "pass")
        #expect(run.tests.keys.allSatisfy { $0.unicodeScalars.count <= 4 + 256 })
    }

    @Test("Parts of a job have ids of their own, the same each time")
    func parts() {
        var maker = TestRunMaker(Self.job)
        let ids = [maker.next([]).jobID, maker.next([]).jobID, maker.next([]).jobID]
        #expect(ids == ["lab-a.77", "lab-a.77.2", "lab-a.77.3"])
        #expect(Self.run([]).metadata["job_id"] == "lab-a.77")
    }

    @Test("The metadata say where the job was, and the log's address")
    func metadata() {
        let metadata = Self.run([]).metadata
        #expect(
            metadata == [
                "job_id": "lab-a.77", "job_status": "Complete", "backend": "lab-a", "attempts": "1",
                "muster_jobset": "313a9412-9d86-830e-aaf0-a2a0ba8c151f", "muster_job": "3", "lab_job": "77",
                "job_url": "https://lava.example.org/scheduler/job/77",
                "log_url": "https://lava.example.org/scheduler/job/77/log_file/plain", "device": "qemu-01",
            ]
        )
    }

    @Test("A job that no lab has seen is told of with its reason, under an id for each attempt")
    func noLabJob() {
        var job = Self.job
        job.labJob = nil
        job.job.outcome = .rejected
        job.job.reason = "no such device type"
        job.job.attempts = 2
        var maker = TestRunMaker(job)
        let run = maker.next([])
        #expect(run.jobID == "313a9412-9d86-830e-aaf0-a2a0ba8c151f.3.2")
        #expect(run.metadata["job_status"] == "Rejected")
        #expect(run.metadata["error_msg"] == "no such device type")
        #expect(run.tests.isEmpty)
        // SQUAD refuses ids with a slash, and has room for 128 characters.
        #expect(!run.jobID.contains("/") && run.jobID.count <= 128)
    }
}
