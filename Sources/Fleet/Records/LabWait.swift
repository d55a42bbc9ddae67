// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Why jobs of a jobset wait for a lab.
package struct LabWait: Sendable, Codable, Equatable {
    /// What they wait for.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// A person has paused the lab.
        case paused
        /// The lab refuses the fleet.
        case stopped
        /// It failed too often in a row, and is tried again later.
        case broken
        /// It has as many jobs as it takes, or others are first.
        case busy
        /// It has the jobs and does not answer.
        case silent
        /// Their results could not be fetched, and are tried again.
        case unfetched
    }

    package var backend: String
    package var kind: Kind
    /// In the lab's words, or those of whoever paused it.
    package var reason: String?
    package var since: Date?
    /// How many of the jobset's jobs wait.
    package var jobs: Int

    package init(backend: String, kind: Kind, reason: String?, since: Date?, jobs: Int) {
        self.backend = backend
        self.kind = kind
        self.reason = reason
        self.since = since
        self.jobs = jobs
    }

    /// Whether somebody may have to do something.
    package var isTrouble: Bool { kind != .busy }

    /// It in one line: `lab-b is broken: connection refused; 3,249 jobs wait for it`.
    package var line: String {
        let count = jobs == 1 ? "1 job" : "\(jobs.grouped) jobs"
        let wait = jobs == 1 ? "waits" : "wait"
        let why = reason.map { ": \(HarmlessText.line($0, limit: 300))" } ?? ""
        return switch kind {
        case .paused: "\(backend) is paused\(why); \(count) \(wait) for it"
        case .stopped: "\(backend) does not let the fleet submit\(why); \(count) \(wait) for it"
        case .broken: "\(backend) is broken\(why); \(count) \(wait) for it"
        case .busy: "\(count) \(wait) for a turn in \(backend)"
        case .silent: "\(backend) does not answer\(why); it has \(count)"
        case .unfetched: "\(backend) does not give the results of \(count)\(why)"
        }
    }
}
