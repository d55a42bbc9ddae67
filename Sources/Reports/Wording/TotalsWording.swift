// SPDX-License-Identifier: Apache-2.0

import Fleet

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
