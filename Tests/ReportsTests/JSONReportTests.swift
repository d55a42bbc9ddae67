// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Reports
import Testing

@Suite("The JSON report")
struct JSONReportTests {
    @Test("It follows its schema, with sorted keys and times in UTC")
    func document() throws {
        let report = FinishedJobsetReport(
            jobset: Sample.jobset(.failed, labels: ["branch": "master"]),
            jobs: [Sample.job(0, "qemu-arm64", tests: TestCounts(pass: 1, fail: 1, skip: 0, unknown: 0))],
            failedTests: [Sample.test(0, "qemu-arm64", "ltp", "fork01")]
        )
        let expected =
            #"{"environments":[{"complete":1,"environment":"qemu-arm64","jobs":1,"#
            + #""tests":{"fail":1,"pass":1,"skip":0,"total":2,"unknown":0,"xfail":0}}],"environments_omitted":0,"#
            + #""failed_tests":[{"environment":"qemu-arm64","job":0,"lab_job":1000,"name":"fork01","suite":"ltp","#
            + #""suite_number":1,"url":"https://lava.example.org/scheduler/job/1000"}],"failed_tests_omitted":0,"#
            + #""jobs":[{"attempts":1,"backend":"lab-a","environment":"qemu-arm64","lab_jobs":[{"device":"qemu-01","#
            + #""health":"Complete","number":1000,"url":"https://lava.example.org/scheduler/job/1000"}],"#
            + #""outcome":"complete","position":0,"tests":{"fail":1,"pass":1,"skip":0,"total":2,"unknown":0,"xfail":0}}],"#
            + #""jobs_omitted":0,"jobset":{"build":"/lkft/linux-next/next-20261123","#
            + #""created_at":"2026-11-18T11:06:40Z","finished_at":"2026-11-18T13:11:40Z","generation":1,"#
            + #""id":"6f1c2d3e-0000-4000-8000-000000000001","labels":{"branch":"master"}},"#
            + #""known_issues":[],"metrics":[],"metrics_omitted":0,"schema":"muster.report.v1","sentence":"next-20261123 failed: 1 of 2 tests failed.","suites":[],"suites_omitted":0,"totals":{"jobs":{"canceled":0,"complete":1,"expired":0,"incomplete":0,"#
            + #""lost":0,"missing":0,"rejected":0,"total":1,"undeliverable":0},"results_left_out":0,"retried_jobs":0,"#
            + #""tests":{"fail":1,"pass":1,"skip":0,"total":2,"unknown":0,"xfail":0}},"verdict":"failed"}"#
        #expect(try JSONReport.document(report) == expected)
    }

    @Test("Jobs that did not complete come first, each part by its place in the document")
    func order() throws {
        #expect(try positions(Sample.mixed) == [2, 3, 0, 1])
    }

    @Test("Hostile text stays JSON that PostgreSQL takes, without a NUL")
    func hostile() throws {
        let document = try JSONReport.document(Sample.hostile)
        _ = try JSONSerialization.jsonObject(with: Data(document.utf8))
        #expect(!document.contains("\\u0000"))
        #expect(!document.contains("\\u001b"))
        #expect(document.utf8.count < 100_000)
    }

    @Test("10,000 jobs are listed; failed tests beyond what was read are counted")
    func large() throws {
        let document = try JSONReport.document(Sample.large())
        let object = try #require(try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
        #expect((object["jobs"] as? [Any])?.count == 10_000)
        #expect(object["jobs_omitted"] as? Int == 0)
        #expect((object["failed_tests"] as? [Any])?.count == 10_000)
        #expect(object["failed_tests_omitted"] as? Int == 10_000)
    }

    @Test("Limits cut each list and say by how much")
    func limits() throws {
        let limits = ReportLimits(
            jobs: 1,
            attempts: 1,
            failedTests: 1,
            environments: 1,
            comparedTests: 1,
            metrics: 1,
            slowestJobs: 1,
            nameLength: 5,
            reasonLength: 5
        )
        let document = try JSONReport.document(Sample.mixed, limits: limits)
        #expect(document.contains(#""jobs_omitted":3"#))
        #expect(document.contains(#""failed_tests_omitted":1"#))
        #expect(document.contains(#""environments_omitted":3"#))
        #expect(document.contains(#""reason":"Infr…""#))
    }

    @Test("The same report is the same text")
    func stable() throws {
        let documents = try (0..<20).map { _ in try JSONReport.document(Sample.mixed) }
        #expect(Set(documents).count == 1)
    }

    private func positions(_ report: FinishedJobsetReport) throws -> [Int] {
        struct Document: Decodable {
            struct Job: Decodable { let position: Int }
            let jobs: [Job]
        }
        let data = Data(try JSONReport.document(report).utf8)
        return try JSONDecoder().decode(Document.self, from: data).jobs.map(\.position)
    }
}
