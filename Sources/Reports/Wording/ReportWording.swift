// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// Totals in words, the same in every form of a report.
enum TotalsWording {
    /// `6 (4 complete, 2 incomplete)`.
    static func jobs(_ totals: ReportTotals) -> String {
        guard totals.jobs > 0 else { return "none" }
        return "\(totals.jobs.grouped) (\(outcomes(totals)))"
    }

    /// `4 complete, 2 incomplete`.
    static func outcomes(_ totals: ReportTotals) -> String {
        let outcomes = totals.outcomes
        return JobOutcome.allCases.compactMap { outcome in
            outcomes[outcome].map { "\($0.grouped) \(outcome.rawValue)" }
        }.joined(separator: ", ")
    }

    /// `82 (80 passed, 2 failed)`.
    static func tests(_ counts: TestCounts) -> String {
        guard counts.total > 0 else { return "none" }
        return "\(counts.total.grouped) (\(results(counts)))"
    }

    /// `80 passed, 2 failed`.
    static func results(_ counts: TestCounts) -> String { counts.words(number: \.grouped).joined(separator: ", ") }

    /// What a reader has to know to read the numbers right.
    static func remarks(on totals: ReportTotals) -> [String] {
        var remarks: [String] = []
        if totals.retriedJobs > 0 {
            let jobs = totals.retriedJobs == 1 ? "1 job was" : "\(totals.retriedJobs.grouped) jobs were"
            remarks.append("\(jobs) retried; only the last attempt of each counts.")
        }
        if totals.resultsLeftOut > 0 {
            remarks.append("\(totals.resultsLeftOut.grouped) results were more than are kept, and are left out.")
        }
        return remarks
    }

    /// What a jobset has gone through besides its jobs.
    static func events(of jobset: Jobset, reasonLength: Int) -> [String] {
        var events: [String] = []
        if let canceledAt = jobset.canceledAt {
            let reason = jobset.canceledReason.map { ": " + HarmlessText.line($0, limit: reasonLength) } ?? ""
            events.append("Canceled \(Timestamp.readable(canceledAt))\(reason)")
        }
        if let passedAt = jobset.deadlinePassedAt {
            events.append("Its deadline passed \(Timestamp.readable(passedAt)), before all jobs had ended.")
        }
        if let reason = jobset.sealedReason {
            events.append("Sealed by Muster: \(HarmlessText.line(reason, limit: reasonLength))")
        }
        return events
    }
}

/// Ends of jobs in words, the same in every form of a report.
enum OutcomeWording {
    /// How a job or an attempt ended. One that did not should not be in a report.
    static func word(_ outcome: JobOutcome?) -> String { outcome?.rawValue ?? "not ended" }

    /// The title of the jobs that completed and pass, though they say nothing.
    static let emptyJobs = "Jobs that completed without what they should have brought"

    /// Both ends of a job that was sent out again: `lost -> complete`.
    static func words(_ change: JobChange) -> String {
        let (before, after) = (words(change.before), words(change.after))
        return before == after ? "still \(after)" : "\(before) -> \(after)"
    }

    /// How it ended, and how many tests failed.
    private static func words(_ end: JobChange.End) -> String {
        end.tests.fail > 0 ? "\(end.outcome.rawValue), \(end.tests.fail.grouped) failed" : end.outcome.rawValue
    }
}

/// What a report lacks, in words, the same in every form of it.
enum MissingWording {
    /// A sentence for each part that is missing.
    static func lines(_ parts: [MissingPart]) -> [String] { parts.map(sentence) }

    private static func sentence(_ part: MissingPart) -> String {
        let reason = HarmlessText.line(part.reason, limit: 300)
        if let environments = part.environments, !part.isWhole {
            let some = "\(environments.missing.grouped) of \(environments.total.grouped) environments"
            return switch part.part {
            case .comparison: "\(some) could not be compared with the baseline \(reason)."
            case .suites: "The suites of \(some) could not be summed up \(reason)."
            case .history: "Earlier failures of the tests of \(some) could not be counted \(reason)."
            case .failedTests, .testCases: "The tests of \(some) could not be listed \(reason)."
            }
        }
        return switch part.part {
        case .comparison: "The tests could not be compared with the baseline \(reason)."
        case .suites: "The suites could not be summed up \(reason)."
        case .history: "Earlier failures of the failed tests could not be counted \(reason)."
        case .failedTests: "The failed tests could not all be listed \(reason)."
        case .testCases: "The test cases could not all be listed \(reason)."
        }
    }
}

/// Known issues in words, the same in every form of a report.
enum KnownIssueWording {
    /// The failures that a project knows of, and what it knows of that passes, each under its title.
    static func sections(of report: FinishedJobsetReport) -> [(title: String, issues: [KnownIssueOutcome])] {
        let (failures, passing) = (report.knownFailures, report.passingAgain)
        return [
            ("Known failures (\(report.totals.tests.xfail.grouped))", failures),
            ("Known issues that pass now (\(passing.count.grouped))", passing),
        ].filter { !$0.1.isEmpty }
    }

    /// `ltp/fcntl*: 12 failures in 3 environments`; of one that passes, how often.
    static func line(_ issue: KnownIssueOutcome, nameLength: Int) -> String {
        let pattern = HarmlessText.line(issue.pattern.line, limit: nameLength)
        guard issue.failures > 0 else { return "\(pattern): passed \(times(issue.passes)) and did not fail" }
        let failures = "\(issue.failures.grouped) \(issue.failures == 1 ? "failure" : "failures")"
        let place =
            "\(issue.environments.grouped) \(issue.environments == 1 ? "environment" : "environments")"
        let passes = issue.passes > 0 ? "; passed \(times(issue.passes))" : ""
        return "\(pattern): \(failures) in \(place)\(passes)"
    }

    private static func times(_ number: Int) -> String { number == 1 ? "once" : "\(number.grouped) times" }
}

/// How often tests failed before, in words, the same in every form of a report.
enum EarlierWording {
    /// `(failed 7 of the last 20)`, after a space.
    static func aside(_ line: FailureLine) -> String { aside(line.earlier) }

    /// Nothing of what has not run twice: the comparison tells of that.
    private static func aside(_ runs: EarlierRuns?) -> String {
        guard let runs, runs.ran > 1 else { return "" }
        return " (failed \(runs.failed.grouped) of the last \(runs.ran.grouped))"
    }

    /// The same of a test on many boards, each of them once.
    static func aside(_ lines: [FailureLine]) -> String {
        let runs = Dictionary(lines.map { ($0.environment, $0.earlier) }) { first, _ in first }
        return aside(runs.values.compactMap(\.self).reduce(EarlierRuns(failed: 0, ran: 0), +))
    }
}

/// Times of jobs in words, the same in every form of a report.
enum TimesWording {
    /// How long jobs waited and how long they ran.
    static func summary(_ times: JobTimes) -> String {
        let jobs = times.jobs == 1 ? "1 job" : "\(times.jobs.grouped) jobs"
        return "\(jobs) that a lab ran: queued \(spread(times.queue)); ran \(spread(times.run))."
    }

    /// When a jobset finished, and how long its present generation took.
    static func finished(_ report: FinishedJobsetReport) -> String {
        let end = "Finished \(Timestamp.readable(report.finishedAt)) after"
        let start = report.change?.beganAt ?? report.jobset.createdAt
        let time = Timestamp.readable(report.finishedAt.timeIntervalSince(start))
        guard report.change?.beganAt == nil else { return "\(end) \(time), counted from the retry." }
        return "\(end) \(time)."
    }

    private static func spread(_ spread: JobTimes.Spread) -> String {
        "\(Timestamp.readable(spread.median)) at the median, \(Timestamp.readable(spread.longest)) at most,"
            + " \(Timestamp.readable(spread.sum)) together"
    }
}
