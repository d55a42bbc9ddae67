// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// One entry of a jobset.
package struct Job: Sendable, Codable, Equatable {
    /// Its row.
    package var id: Int
    /// Its place in the document, from 0.
    package var position: Int
    /// What it runs in or on.
    package var environment: String
    /// What it is called, with a number if its environment has several of that name: `ltp`, `ltp #2`. `nil` for the first
    /// job of its environment that nobody gave a name, `#2` for the second.
    package var name: String?
    /// The lab it is for.
    package var backend: String
    /// Which goes first of the jobs of its jobset that wait for the same lab: the higher. `nil`: an older server does not
    /// say.
    package var priority: Int?
    /// How often, at most, it is tried again if its lab fails it; `nil`: as often as its jobset says.
    package var retries: Int?
    /// How long each attempt may take in its lab, in seconds; `nil`: as its lab is configured.
    package var timeout: JobTimeout?
    package var state: JobState
    package var outcome: JobOutcome?
    /// Why it did not complete, or what is odd about one that did; while it waits, what its submission last failed with, or else why the attempt before
    /// did not complete.
    package var reason: String?
    /// What its test cases said.
    package var tests: TestCounts
    /// How often it was submitted, or begun to be.
    package var attempts: Int
    /// What the lab made of its last attempt: nothing, one, or several for multinode.
    package var labJobs: [LabJob]
    /// Every attempt, where they were asked for.
    package var attemptHistory: [Attempt]?
    /// When somebody asked to cancel it; it ends when its lab says so, or after a limit.
    package var cancelRequestedAt: Date?
    /// When it was accepted.
    package var createdAt: Date
    package var finishedAt: Date?

    /// Environment and name in one line, which no other job of its jobset has: `qemu-arm64 ltp`.
    package var title: String { JobTitle.line(environment, name) }
    /// Whether its lab ran it to its end.
    package var isComplete: Bool { outcome == .complete }
    /// Whether it took more than one attempt.
    package var isRetried: Bool { attempts > 1 }
    /// Whether it has ended, and keeps its jobset from passing.
    package var hasFailed: Bool { state == .finished && (!isComplete || tests.fail > 0) }
    /// How many of its test cases were more than are kept.
    package var resultsLeftOut: Int { labJobs.reduce(0) { $0 + ($1.resultsLeftOut ?? 0) } }

    /// With its attempts.
    package func with(_ attempts: [Attempt]) -> Job {
        var job = self
        job.attemptHistory = attempts
        return job
    }
}

/// Where a job is on its way. Only the step into ``finished`` changes a jobset's counter.
package enum JobState: String, Sendable, Codable, CaseIterable {
    /// Accepted, and not yet in a lab.
    case waiting
    /// In a lab, queued or running there.
    case submitted
    /// At its end, with a ``JobOutcome``; nothing leads out of it.
    case finished
}

/// How a job ended. A job has an outcome exactly when its state is ``JobState/finished``.
package enum JobOutcome: String, Sendable, Codable, CaseIterable {
    /// The lab ran it to its end; its tests may still have failed.
    case complete
    /// The lab could not run it to its end.
    case incomplete
    /// Somebody canceled it, in the lab or here.
    case canceled
    /// LAVA refused the definition; the reason is in LAVA's own words.
    case rejected
    /// The lab no longer knows the job.
    case lost
    /// A limit of time passed first: the deadline of its jobset, or how long a lab may take.
    case expired
    /// It could not be submitted within its limit.
    case undeliverable
}

/// A job in one line, the same wherever it is shown.
package enum JobTitle {
    /// `qemu-arm64 ltp`; an environment has no space in it.
    package static func line(_ environment: String, _ name: String?) -> String {
        name.map { "\(environment) \($0)" } ?? environment
    }
}
