// SPDX-License-Identifier: Apache-2.0

/// A job by its jobset's number and its place in it: the same name in the model and in the rows.
struct JobName: Hashable, Comparable, Sendable, CustomStringConvertible {
    let jobset: Int
    let position: Int

    var description: String { "\(jobset).\(position)" }

    /// The rows' numbers grow with the places, so what is done in their order is done in this one.
    static func < (left: JobName, right: JobName) -> Bool {
        (left.jobset, left.position) < (right.jobset, right.position)
    }
}

/// An attempt by its job and its number.
struct AttemptName: Hashable, Comparable, Sendable, CustomStringConvertible {
    let job: JobName
    let number: Int

    var description: String { "\(job)#\(number)" }

    /// Every third job is a multinode group.
    var members: Int { job.position % 3 == 2 ? 2 : 1 }

    static func < (left: AttemptName, right: AttemptName) -> Bool {
        (left.job, left.number) < (right.job, right.number)
    }
}

/// A lab job by its attempt and its place in the group.
struct LabJobName: Hashable, Comparable, Sendable, CustomStringConvertible {
    let attempt: AttemptName
    let member: Int

    var description: String { "\(attempt)/\(member)" }

    /// LAVA's number of it; no two have the same.
    var number: Int {
        attempt.job.jobset * 10_000_000 + attempt.job.position * 100_000 + attempt.number * 10 + member + 1
    }

    static func < (left: LabJobName, right: LabJobName) -> Bool {
        (left.attempt, left.member) < (right.attempt, right.member)
    }
}

/// The end of a generation.
struct EndName: Hashable, Comparable, Sendable, CustomStringConvertible {
    let jobset: Int
    let generation: Int

    var description: String { "\(jobset)g\(generation)" }

    static func < (left: EndName, right: EndName) -> Bool {
        (left.jobset, left.generation) < (right.jobset, right.generation)
    }
}
