// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Times of jobs in words, the same in every form of a report.
enum TimesWording {
    /// How long jobs waited and how long they ran.
    static func summary(_ times: JobTimes) -> String {
        let jobs = times.jobs == 1 ? "1 job" : "\(times.jobs.grouped) jobs"
        return "\(jobs) that a lab ran: queued \(spread(times.queue)); ran \(spread(times.run))."
    }

    private static func spread(_ spread: JobTimes.Spread) -> String {
        "\(Timestamp.readable(spread.median)) at the median, \(Timestamp.readable(spread.longest)) at most,"
            + " \(Timestamp.readable(spread.sum)) together"
    }
}
