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
        addUnfinishedJobs(of: report, limits, to: &page)
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
        page.addBlank()
        page.add("Jobs:  " + Self.jobs(report), hanging: 7)
        page.add("Tests: " + Self.tests(report.tests), hanging: 7)
        for (key, value) in jobset.labels.sorted(by: { $0.key < $1.key }).prefix(limits.environments) {
            let key = HarmlessText.line(key, limit: limits.nameLength)
            page.add("Label: \(key) = \(HarmlessText.line(value, limit: limits.nameLength))", hanging: 7)
        }
    }

    private static func jobs(_ report: FinishedJobsetReport) -> String {
        guard !report.jobs.isEmpty else { return "none" }
        let outcomes = report.outcomes
        let parts = JobOutcome.allCases.compactMap { outcome in
            outcomes[outcome].map { "\($0.grouped) \(outcome.rawValue)" }
        }
        return "\(report.jobs.count.grouped) (\(parts.joined(separator: ", ")))"
    }

    private static func tests(_ counts: TestCounts) -> String {
        guard counts.total > 0 else { return "none" }
        let parts = [
            (counts.pass, "passed"), (counts.fail, "failed"), (counts.skip, "skipped"), (counts.unknown, "unknown"),
        ]
        let text = parts.filter { $0.0 > 0 }.map { "\($0.0.grouped) \($0.1)" }.joined(separator: ", ")
        return "\(counts.total.grouped) (\(text))"
    }

    private static func addUnfinishedJobs(
        of report: FinishedJobsetReport,
        _ limits: ReportLimits,
        to page: inout TextPage
    ) {
        let unfinished = report.unfinished
        guard !unfinished.isEmpty else { return }
        page.addHeading("Jobs that did not complete (\(unfinished.count.grouped))")
        for job in unfinished.prefix(limits.jobs) {
            let environment = HarmlessText.line(job.environment, limit: limits.nameLength)
            let backend = HarmlessText.line(job.backend, limit: limits.nameLength)
            let attempts = job.attempts > 1 ? " after \(job.attempts.grouped) attempts" : ""
            page.add("\(environment): \(job.outcome.rawValue)\(attempts), \(backend)", indent: 2)
            if let reason = job.reason, !reason.isEmpty {
                page.add(HarmlessText.line(reason, limit: limits.reasonLength), indent: 4)
            }
            for labJob in job.labJobs.prefix(limits.jobs) { page.addWhole(link(to: labJob), indent: 4) }
        }
        page.addMore(than: min(unfinished.count, limits.jobs), of: unfinished.count, indent: 2)
    }

    private static func link(to labJob: ReportedLabJob) -> String {
        labJob.url ?? "lab job \(labJob.number)"
    }

    private static func addEnvironments(
        of report: FinishedJobsetReport,
        _ limits: ReportLimits,
        to page: inout TextPage
    ) {
        let environments = EnvironmentTotals.all(of: report.jobs)
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
