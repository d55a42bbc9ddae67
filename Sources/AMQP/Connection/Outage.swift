// SPDX-License-Identifier: Apache-2.0

/// What is said of something that fails again and again: when it begins, once a minute while it lasts, and when it is
/// over. Without this, a broker or a database that is away for a minute fills a log with thousands of equal lines.
package struct Outage: Sendable {
    /// What is to be said now.
    package enum Word: Sendable, Equatable {
        /// It has begun.
        case begun
        /// It goes on: so many failures since it began.
        case lasting(failures: Int, Duration)
        /// It is over. Of a single failure nothing is said: whoever is told of it sees that the next line is another's.
        case over(failures: Int, Duration)
    }

    /// How often it is said while it lasts.
    package static let reminder: Duration = .seconds(60)

    private var failures = 0
    private var begun: ContinuousClock.Instant?
    private var said: ContinuousClock.Instant?

    /// Nothing has failed.
    package init() {}

    /// Notes a failure.
    ///
    /// - Returns: what to say of it; `nil`: nothing.
    package mutating func failed(at now: ContinuousClock.Instant = .now) -> Word? {
        failures += 1
        guard let begun, let said else {
            (self.begun, self.said) = (now, now)
            return .begun
        }
        guard now - said >= Self.reminder else { return nil }
        self.said = now
        return .lasting(failures: failures, now - begun)
    }

    /// Notes a success.
    ///
    /// - Returns: what to say of it; `nil`: nothing.
    package mutating func worked(at now: ContinuousClock.Instant = .now) -> Word? {
        guard let begun else { return nil }
        defer { self = Outage() }
        return failures > 1 ? .over(failures: failures, now - begun) : nil
    }
}
