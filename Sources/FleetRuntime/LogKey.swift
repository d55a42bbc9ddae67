// SPDX-License-Identifier: Apache-2.0

package import Logging

/// Every key under which Muster logs a fact. The libraries below it have keys of their own, with a prefix such as `amqp.`.
package enum LogKey: String, CaseIterable, Sendable {
    // What it is about.

    /// A jobset, by its id.
    case jobset
    /// The build that a jobset tests.
    case build
    /// A job, by its number.
    case job
    /// How many jobs, or the numbers of lab jobs.
    case jobs
    /// An attempt, by its id.
    case attempt
    case attempts
    /// A lab job, by its number in the lab.
    case labJob = "lab_job"
    /// The first lab job of a multinode group.
    case group
    /// Lab jobs that a lab has made of one attempt beside its own.
    case surplus
    /// A lab, by the name that the configuration gives it.
    case backend
    /// A delivery, by its id.
    case delivery
    /// What a delivery is: a report, a callback, a mail.
    case kind
    /// Where callbacks go, without what may be secret in it.
    case receiver
    /// A part of a report.
    case part
    /// A queue of the broker.
    case queue
    /// The database, without its password.
    case database
    /// A row of the audit.
    case audit
    /// A pattern of the configuration.
    case pattern
    case check
    case worker
    /// What is done, or what was found, in a few words.
    case what
    /// The trace that a jobset belongs to, by its id.
    case trace

    // What happened.

    /// An error, in words.
    case error
    /// For how long.
    case lasted
    /// Why, where it is no error.
    case reason
    /// More of the same, such as what a receiver answered.
    case detail
    /// How a job ended.
    case outcome
    /// The title of a refusal.
    case title
    /// How many faults a document has.
    case faults
    /// What a person should know of the configuration.
    case warning
    /// A key of the configuration.
    case key
    /// Several, without their values.
    case keys
    /// What is weak about a connection.
    case weakness
    /// What would be better.
    case advice
    /// The signal that stops a worker.
    case signal

    // How much, how often, how long.

    case count
    /// How many jobs a jobset has by now.
    case total
    /// The counter of a jobset.
    case pending
    /// How many jobs of a jobset have not finished.
    case unfinished
    /// How many jobs have expired.
    case expired
    /// Whether that has finished the jobset.
    case finished
    /// Whether a jobset is sealed.
    case sealed
    /// How often something was tried, the last time included.
    case tries
    /// How often a receiver has taken nothing.
    case failures
    /// Since when a receiver has taken nothing.
    case failingSince = "failing_since"
    /// Up to when a lab's jobs have been seen.
    case seenUntil = "seen_until"
    /// The time until the next try.
    case pause
    /// The time that something took.
    case duration
    /// A limit that was reached.
    case limit
    /// How many services a worker has.
    case services

    // Requests.

    /// The method of a request.
    case method
    /// The URL of a request.
    case url
    /// The status of an answer.
    case status
    /// Who sent a request.
    case peer
    /// The user that a lab says we are.
    case user
    /// The user that the configuration says we are.
    case configured
}

/// Facts of a log line, by their keys.
package typealias LogFacts = [LogKey: Logger.MetadataValue]

extension Logger {
    /// A fact that belongs to every line from now on.
    package subscript(key: LogKey) -> MetadataValue? {
        get { self[metadataKey: key.rawValue] }
        set { self[metadataKey: key.rawValue] = newValue }
    }

    package func debug(_ message: @autoclosure () -> Message, _ facts: @autoclosure () -> LogFacts) {
        log(level: .debug, message(), facts())
    }

    package func info(_ message: @autoclosure () -> Message, _ facts: @autoclosure () -> LogFacts) {
        log(level: .info, message(), facts())
    }

    package func notice(_ message: @autoclosure () -> Message, _ facts: @autoclosure () -> LogFacts) {
        log(level: .notice, message(), facts())
    }

    package func warning(_ message: @autoclosure () -> Message, _ facts: @autoclosure () -> LogFacts) {
        log(level: .warning, message(), facts())
    }

    package func error(_ message: @autoclosure () -> Message, _ facts: @autoclosure () -> LogFacts) {
        log(level: .error, message(), facts())
    }

    package func critical(_ message: @autoclosure () -> Message, _ facts: @autoclosure () -> LogFacts) {
        log(level: .critical, message(), facts())
    }

    package func log(
        level: Level,
        _ message: @autoclosure () -> Message,
        _ facts: @autoclosure () -> LogFacts
    ) {
        log(level: level, message(), metadata: Metadata(facts()))
    }
}

extension Logger.Metadata {
    /// Facts as swift-log has them.
    init(_ facts: LogFacts) {
        self.init(uniqueKeysWithValues: facts.map { ($0.key.rawValue, $0.value) })
    }
}
