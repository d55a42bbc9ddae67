// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

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
