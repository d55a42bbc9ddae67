// SPDX-License-Identifier: Apache-2.0

/// A job by what it is found again by.
package struct NamedJob: Sendable, Equatable {
    package var environment: String
    package var name: String?

    package init(environment: String, name: String?) {
        self.environment = environment
        self.name = name
    }

    /// Environment and name in one line.
    package var title: String { JobTitle.line(environment, name) }
}

/// A job that has another name than before.
package struct RenamedJob: Sendable, Equatable {
    package var environment: String
    package var before: String?
    package var after: String?

    package init(environment: String, before: String?, after: String?) {
        self.environment = environment
        self.before = before
        self.after = after
    }
}

/// The jobs that only one of two jobsets has by their name, in environments that both have.
package struct JobDifferences: Sendable, Equatable {
    /// Those of the later one.
    package var new: [NamedJob] = []
    /// Those of the earlier one.
    package var missing: [NamedJob] = []
    /// The one that an environment has for the one that it had.
    package var renamed: [RenamedJob] = []

    /// None.
    package init() {}

    /// - Parameters:
    ///   - after: The jobs that the later jobset has and the earlier one does not.
    ///   - before: The jobs that the earlier one has and the later one does not.
    package init(after: [NamedJob], before: [NamedJob]) {
        let earlier = Dictionary(grouping: before, by: \.environment)
        let later = Dictionary(grouping: after, by: \.environment)
        for environment in Set(earlier.keys).union(later.keys).sorted() {
            let (old, fresh) = (earlier[environment] ?? [], later[environment] ?? [])
            if old.count == 1, fresh.count == 1 {
                renamed.append(RenamedJob(environment: environment, before: old[0].name, after: fresh[0].name))
            } else {
                missing += old
                new += fresh
            }
        }
    }

    package var isEmpty: Bool { new.isEmpty && missing.isEmpty && renamed.isEmpty }
}
