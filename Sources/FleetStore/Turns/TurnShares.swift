// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation

/// A jobset that has jobs due for a lab.
package struct TurnHolder: Sendable, Equatable, Decodable {
    package let jobsetID: UUID
    package let priority: Int
    /// How many of its jobs wait.
    package let waiting: Int
    /// How many of its jobs are out.
    package let out: Int
    /// The priorities that its jobs have among themselves, as the database writes them.
    package let jobPriorities: String

    package init(
        jobsetID: UUID,
        priority: Int,
        waiting: Int,
        out: Int,
        jobPriorities: String = "{\(JobPriorities.usual)}"
    ) {
        self.jobsetID = jobsetID
        self.priority = priority
        self.waiting = waiting
        self.out = out
        self.jobPriorities = jobPriorities
    }
}

/// Whose turn it is in a lab.
package enum TurnShares {
    /// How many jobs of each jobset go out next, if there are so many places.
    ///
    /// The jobsets of the highest priority come first. Among them each place goes to whichever has the fewest jobs out, so
    /// that they share the lab in equal parts, whatever their sizes. Among equals the first of `holders` comes first.
    package static func shares(of holders: [TurnHolder], places: Int) -> [UUID: Int] {
        var shares: [UUID: Int] = [:]
        var rest = places
        for priority in Set(holders.map(\.priority)).sorted(by: >) where rest > 0 {
            var tier = holders.enumerated().filter { $0.element.priority == priority && $0.element.waiting > 0 }
                .map { (order: $0.offset, holder: $0.element, share: 0) }
            while rest > 0, !tier.isEmpty {
                guard
                    let next = tier.indices.min(by: { one, other in
                        (tier[one].holder.out + tier[one].share, tier[one].order)
                            < (tier[other].holder.out + tier[other].share, tier[other].order)
                    })
                else { break }
                tier[next].share += 1
                rest -= 1
                shares[tier[next].holder.jobsetID] = tier[next].share
                if tier[next].share >= tier[next].holder.waiting { tier.remove(at: next) }
            }
        }
        return shares
    }
}

/// The priorities that jobs of one jobset have among themselves, the highest first. Those of a jobset are kept with it, so
/// that whoever fills a lab's queue reads nothing but the jobs that go out.
struct JobPriorities {
    let all: [Int]

    /// The usual one is always among them: a worker of the version before may add jobs that have it.
    init(_ jobs: [JobEntry]) {
        all = Set(jobs.map(\.priority)).union([JobsetDocument.defaultPriority]).sorted(by: >)
    }

    /// Whether they are what is meant where nothing is stored.
    var isUsual: Bool { all == [JobsetDocument.defaultPriority] }

    /// What is stored of a new jobset.
    var stored: [Int]? { isUsual ? nil : all }

    /// The one that jobs have unless they name one.
    static let usual = "\(JobsetDocument.defaultPriority)"
}
