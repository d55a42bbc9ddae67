// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation

/// A report as JUnit XML, for CI servers. It satisfies both schemas that such servers go by: `junit-10.xsd` of Jenkins'
/// xunit plugin and Windy Road's `JUnit.xsd` of Ant's format.
///
/// A first suite, `jobs`, has a case for each job: one that did not complete is an error there. Each run of a suite in a
/// lab job follows as a suite. CI servers know a test by its class and its name, so neither has anything in it that another
/// job or test definition would change. Test cases are added one by one and in any number; the document stays within its limits.
package struct JUnitReport: TestCaseDocument {
    private let report: FinishedJobsetReport
    private let limits: TestCaseLimits
    private var suites = ""
    private var open: JUnitSuite?
    private var nextID = 1
    private var tests = 0
    private var bytes = 0
    private var missing: [MissingPart]

    /// A document of `report` without test cases.
    package init(_ report: FinishedJobsetReport, limits: TestCaseLimits = .junit) {
        self.report = report
        self.limits = limits
        self.missing = report.missing
    }

    /// The document of a report with the test cases that the report itself lists: those that failed.
    package static func xml(_ report: FinishedJobsetReport, limits: TestCaseLimits = .junit) -> String {
        var document = JUnitReport(report, limits: limits)
        for test in report.failedTests { document.add(test) }
        return document.xml()
    }

    /// Whether there is no room for another test case.
    package var isFull: Bool { tests >= limits.tests || bytes >= limits.bytes }

    /// Notes that not all test cases could be read.
    package mutating func note(_ part: MissingPart) { missing.append(part) }

    /// Adds a test case, unless the document is full. Cases of one run of a suite come one after another.
    ///
    /// - Parameter suiteRun: Which run of the suite within its lab job, from 1.
    package mutating func add(_ test: TestResult, suiteRun: Int = 1) {
        guard !isFull else { return }
        if open?.holds(test) != true {
            close()
            open = JUnitSuite(
                of: test,
                suiteRun: suiteRun,
                id: nextID,
                package: [test.environment, test.jobName].compactMap(\.self).joined(separator: "."),
                finishedAt: report.finishedAt,
                limits
            )
            nextID += 1
        }
        bytes += open?.add(test, limits) ?? 0
        tests += 1
    }

    /// The whole document.
    package consuming func xml() -> String {
        close()
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        text += jobs().xml
        text += suites
        text += "</testsuites>\n"
        return text
    }

    private mutating func close() {
        suites += open?.xml ?? ""
        open = nil
    }

    private func jobs() -> JUnitSuite {
        var suite = JUnitSuite(
            name: "jobs",
            package: report.jobset.build,
            id: 0,
            host: "muster",
            finishedAt: report.finishedAt,
            properties: properties,
            remark: remark,
            limits
        )
        for job in report.jobs.prefix(limits.jobs) { suite.add(job, limits) }
        return suite
    }

    private var omittedTests: Int { max(0, max(report.totals.tests.total, tests) - tests) }

    private var omittedJobs: Int { max(0, report.totals.jobs - min(report.jobs.count, limits.jobs)) }

    private var properties: [(String, String)] {
        let jobset = report.jobset
        return [
            ("jobset", jobset.id.text), ("build", jobset.build),
            ("generation", "\(jobset.generation)"), ("verdict", report.verdict.rawValue),
            ("jobs_omitted", "\(omittedJobs)"), ("tests_omitted", "\(omittedTests)"),
        ] + jobset.labels.sorted { $0.key < $1.key }.map { ("label.\($0.key)", $0.value) }
    }

    private var remark: String {
        var remark = "Jobs: \(TotalsWording.jobs(report.totals))\nTests: \(TotalsWording.tests(report.totals.tests))\n"
        if omittedJobs > 0 {
            remark += "\(omittedJobs.grouped) more jobs are left out here; those that did not complete stand first.\n"
        }
        if omittedTests > 0 {
            remark += "\(omittedTests.grouped) more test cases are left out here; those that failed stand first.\n"
        }
        for line in MissingWording.lines(missing) + TotalsWording.remarks(on: report.totals) { remark += line + "\n" }
        return remark
    }
}
