// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Reports

/// The forms of a report that list all test cases. These are read page by page: no more than a page of them and the
/// document itself are ever held. Where there is not room for all, those that failed go first. What can't be read in time
/// is left out.
extension ReportLoader {
    /// How many test cases are read at a time.
    private static let page = 2_000
    /// The most runs of suites on a page that are told apart because they are repeated within a lab job.
    private static let maximumRepeatedSuites = 2_000

    /// The report as JUnit XML.
    func junit(_ report: FinishedJobsetReport, limits: TestCaseLimits = .junit) async throws -> String {
        var document = JUnitReport(report, limits: limits)
        try await addTestCases(of: report, to: &document, limits)
        return document.xml()
    }

    /// The report as a submission to a KCIDB.
    func kcidb(
        _ report: FinishedJobsetReport,
        _ settings: KCIDBSettings,
        limits: TestCaseLimits = .kcidb
    ) async throws -> String {
        var document = try KCIDBReport(report, settings, limits: limits)
        try await addTestCases(of: report, to: &document, limits)
        return try document.json()
    }

    private func addTestCases(
        of report: FinishedJobsetReport,
        to document: inout some TestCaseDocument,
        _ limits: TestCaseLimits
    ) async throws {
        guard report.totals.tests.total > 0 else { return }
        let time = PartLimit(partLimit)
        do {
            for part in Self.parts(of: report, limits) {
                try await add(part, of: report.jobset.id, to: &document, time)
            }
        } catch let failure as QuestionFailure {
            document.note(missing(.testCases, failure))
        }
    }

    private func add(
        _ part: ResultFilter,
        of jobset: UUID,
        to document: inout some TestCaseDocument,
        _ time: PartLimit
    ) async throws {
        var filter = part
        filter.limit = Self.page
        while !document.isFull {
            let page = try await store.resultPage(of: jobset, filter, within: try time.left())
            let runs = try await store.repeatedSuites(
                of: jobset,
                positions: Array(Set(page.results.map(\.position))),
                limit: Self.maximumRepeatedSuites,
                within: try time.left()
            )
            for result in page.results {
                try document.add(result.linked(labs), suiteRun: runs[RepeatedSuite(result)] ?? 1)
            }
            guard let next = page.next else { return }
            filter.after = next
        }
    }

    private static func parts(of report: FinishedJobsetReport, _ limits: TestCaseLimits) -> [ResultFilter] {
        guard report.totals.tests.total > limits.tests else { return [ResultFilter()] }
        return [ResultFilter(status: .fail), ResultFilter(status: .fail, isStatusExcluded: true)]
    }
}

extension RepeatedSuite {
    fileprivate init(_ result: TestResult) {
        self.init(position: result.position, labJob: result.labJob, suiteNumber: result.suiteNumber)
    }
}
