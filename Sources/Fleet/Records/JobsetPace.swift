// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// How fast the jobs of a running jobset end, and how long the others take at that rate.
package struct JobsetPace: Sendable, Equatable {
    /// Jobs that ended in an hour, on average since the jobset was accepted.
    package let jobsPerHour: Double
    /// How long the others take if that continues.
    package let timeLeft: TimeInterval

    /// How many jobs must have ended before their rate says something.
    static let minimumEnded = 5
    /// How old a jobset must be.
    static let minimumAge: TimeInterval = 10

    /// `nil` where nothing can be said: of a jobset that has finished, that may get more jobs, that was retried (when
    /// its jobs were sent out again is not among its fields), or of which too few jobs have ended.
    package init?(_ jobset: Jobset, now: Date) {
        let ended = jobset.total - jobset.pending
        let age = now.timeIntervalSince(jobset.createdAt)
        guard jobset.state == .running, jobset.isSealed, jobset.generation == 1, jobset.pending > 0,
            ended >= Self.minimumEnded, age >= Self.minimumAge
        else { return nil }
        jobsPerHour = Double(ended) / age * 3_600
        timeLeft = Double(jobset.pending) / Double(ended) * age
    }

    /// `30 jobs a minute`, or an hour or a day where that is less than one.
    package var rate: String {
        let (number, unit) =
            switch jobsPerHour {
            case 60...: (jobsPerHour / 60, "minute")
            case 1...: (jobsPerHour, "hour")
            default: (jobsPerHour * 24, "day")
            }
        let rounded = Int(max(1, min(number.rounded(), 1e12)))
        return "\(rounded.grouped) \(rounded == 1 ? "job" : "jobs") \(unit == "hour" ? "an" : "a") \(unit)"
    }
}
