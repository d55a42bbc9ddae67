// SPDX-License-Identifier: Apache-2.0

/// What is to be changed of a jobset that runs. The outer `nil` leaves a value as it is, the inner one takes it away.
package struct JobsetChange: Sendable, Equatable {
    /// How many of its jobs may fail.
    package var maxFailures: FailureLimit??
    /// Its turn in labs.
    package var priority: Int?
    /// How long after the start of its generation its deadline is.
    package var timeout: Duration??
    /// Whether it keeps all it has; also of a jobset that has finished.
    package var isKept: Bool?

    /// A change as given.
    package init(
        maxFailures: FailureLimit?? = nil,
        priority: Int? = nil,
        timeout: Duration?? = nil,
        isKept: Bool? = nil
    ) {
        self.maxFailures = maxFailures
        self.priority = priority
        self.timeout = timeout
        self.isKept = isKept
    }

    /// Whether it concerns only jobsets that run.
    package var isOfRunning: Bool { maxFailures != nil || priority != nil || timeout != nil || isKept == nil }
}

/// Which jobs of a finished jobset are sent out again.
package enum RetrySelection: Sendable, Equatable {
    /// Those that keep it from passing: not complete, for whatever reason, or with a failed test.
    case failed
    /// All.
    case all
    /// Those at these places in the document.
    case jobs(Set<Int>)
}
