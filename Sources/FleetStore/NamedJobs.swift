// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Jobs that are about to be stored, with the names that their authors gave them, read once.
struct NamedJobs: Sendable {
    /// What jobs share that need a number to be told apart.
    struct Key: Hashable, Sendable {
        let environment: String
        let name: String?
    }

    let jobs: [JobEntry]
    /// By their place among `jobs`.
    let given: [String?]

    init(_ jobs: [JobEntry]) {
        self.jobs = jobs
        given = jobs.map(\.givenName)
    }

    /// Every key once.
    var keys: [Key] { Array(Set(jobs.indices.map(key))) }

    private func key(_ index: Int) -> Key { Key(environment: jobs[index].environment, name: given[index]) }

    /// The names as they are shown, each once in its environment: `ltp`, `ltp #2`; `nil`, `#2` of jobs without one.
    ///
    /// - Parameter known: How many of each there are already.
    func shown(behind known: [Key: Int]) -> [String?] {
        var counts = known
        return jobs.indices.map { index in
            counts[key(index), default: 0] += 1
            let number = counts[key(index), default: 1]
            guard number > 1 else { return given[index] }
            return [given[index], "#\(number)"].compactMap(\.self).joined(separator: " ")
        }
    }
}
