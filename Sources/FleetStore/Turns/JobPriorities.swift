// SPDX-License-Identifier: Apache-2.0

import Fleet

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
