// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// A report as plain text for mails and terminals, at most ``width`` columns wide; only a link may be longer, since a
/// broken link is of no use.
///
/// What needs a person stands first: verdict and totals, the jobs that did not complete, then the failed tests.
public enum TextReport {
    /// The widest line, in columns.
    public static let width = 100

    /// The text, ending in a line break.
    public static func text(_ report: FinishedJobsetReport, limits: ReportLimits = .text) -> String {
        var page = TextPage(width: width)
        addHead(of: report, limits, to: &page)
        addChange(of: report, limits, to: &page)
        addUnfinishedJobs(of: report, limits, to: &page)
        addRetriedJobs(of: report, limits, to: &page)
        addFailedTests(of: report, limits, to: &page)
        addEnvironments(of: report, limits, to: &page)
        return page.text
    }

    private static func addHead(of report: FinishedJobsetReport, _ limits: ReportLimits, to page: inout TextPage) {
        let jobset = report.jobset
        let build = HarmlessText.line(jobset.build, limit: limits.nameLength)
        page.add("\(build): \(jobset.verdict.rawValue.uppercased())")
        page.add(
            "Finished \(Timestamp.readable(jobset.finishedAt))"
                + " after \(Timestamp.readable(jobset.finishedAt.timeIntervalSince(jobset.createdAt)))."
        )
        let life = jobset.generation > 1 ? ", generation \(jobset.generation)" : ""
        page.add("Jobset \(jobset.id.uuidString.lowercased())\(life).")
        if let canceledAt = jobset.canceledAt {
            let reason = jobset.canceledReason.map { ": " + HarmlessText.line($0, limit: limits.reasonLength) } ?? ""
            page.add("Canceled \(Timestamp.readable(canceledAt))\(reason)", hanging: 2)
        }
        if let passedAt = jobset.deadlinePassedAt {
            page.add("Its deadline passed \(Timestamp.readable(passedAt)), before all jobs had ended.", hanging: 2)
        }
        if let reason = jobset.sealedReason {
            page.add("Sealed by Muster: \(HarmlessText.line(reason, limit: limits.reasonLength))", hanging: 2)
        }
        page.addBlank()
        page.add("Jobs:  " + Self.jobs(report.totals), hanging: 7)
        page.add("Tests: " + Self.tests(report.totals.tests), hanging: 7)
        addRemarks(on: report, to: &page)
        for (key, value) in jobset.labels.sorted(by: { $0.key < $1.key }).prefix(limits.environments) {
            let key = HarmlessText.line(key, limit: limits.nameLength)
            page.add("Label: \(key) = \(HarmlessText.line(value, limit: limits.nameLength))", hanging: 7)
        }
    }

    private static func addRemarks(on report: FinishedJobsetReport, to page: inout TextPage) {
        let retried = report.totals.retriedJobs
        if retried > 0 {
            let jobs = retried == 1 ? "1 job was retried" : "\(retried.grouped) jobs were retried"
            page.add("Note:  \(jobs); only the last attempt of each counts.", hanging: 7)
        }
        let leftOut = report.totals.resultsLeftOut
        if leftOut > 0 {
            page.add("Note:  \(leftOut.grouped) results were more than are kept, and are left out.", hanging: 7)
        }
    }

    private static func jobs(_ totals: ReportTotals) -> String {
        guard totals.jobs > 0 else { return "none" }
        let outcomes = totals.outcomes
        let parts = JobOutcome.allCases.compactMap { outcome in
            outcomes[outcome].map { "\($0.grouped) \(outcome.rawValue)" }
        }
        return "\(totals.jobs.grouped) (\(parts.joined(separator: ", ")))"
    }

    private static func tests(_ counts: TestCounts) -> String {
        guard counts.total > 0 else { return "none" }
        let parts = [
            (counts.pass, "passed"), (counts.fail, "failed"), (counts.skip, "skipped"), (counts.unknown, "unknown"),
        ]
        let text = parts.filter { $0.0 > 0 }.map { "\($0.0.grouped) \($0.1)" }.joined(separator: ", ")
        return "\(counts.total.grouped) (\(text))"
    }

    private static func addEnvironments(
        of report: FinishedJobsetReport,
        _ limits: ReportLimits,
        to page: inout TextPage
    ) {
        let environments = report.totals.environments
        guard !environments.isEmpty else { return }
        page.addHeading("Environments (\(environments.count.grouped))")
        page.addTable(
            header: ["environment", "jobs", "complete", "passed", "failed", "skipped", "unknown"],
            rows: environments.prefix(limits.environments).map { total in
                let counts = total.tests
                let numbers = [total.jobs, total.complete, counts.pass, counts.fail, counts.skip, counts.unknown]
                return [HarmlessText.line(total.environment, limit: limits.nameLength)] + numbers.map(\.grouped)
            }
        )
        page.addMore(than: min(environments.count, limits.environments), of: environments.count, indent: 2)
    }
}
