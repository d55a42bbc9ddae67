// SPDX-License-Identifier: Apache-2.0

/// How long what jobsets leave behind is kept after they finish.
package struct Retention: Sendable, Equatable {
    /// What is removed by itself.
    package enum Part: String, Sendable, Codable, CaseIterable {
        /// The test cases. The counts of each job stay.
        case results
        /// The definitions of the jobs; a jobset without them can't be retried.
        case definitions
        /// The reports in all their formats.
        case reports
        /// The jobset itself, with all that is left of it.
        case jobsets
    }

    /// How many days of each part; forever where there is no number.
    package var days: [Part: Int]

    package init(days: [Part: Int] = [:]) { self.days = days }
}

/// How long what the jobsets of each project leave behind is kept.
package struct RetentionRules: Sendable, Equatable {
    private let usual: Retention
    private let projects: [String: Retention]

    /// - Parameters:
    ///   - usual: Of projects that say nothing about a part.
    ///   - projects: By `group/project`.
    package init(usual: Retention = Retention(), projects: [String: Retention] = [:]) {
        (self.usual, self.projects) = (usual, projects)
    }

    /// How many days a part is kept of the jobsets of a project; `nil`: forever. A jobset takes its parts with it.
    package func days(_ part: Retention.Part, of project: String) -> Int? {
        let own = projects[project]?.days ?? [:]
        func days(_ part: Retention.Part) -> Int? {
            // 0 is a project's word forever.
            (own[part] ?? usual.days[part]).flatMap { $0 == 0 ? nil : $0 }
        }
        return [days(part), days(.jobsets)].compactMap(\.self).min()
    }

    /// Whether anything is ever removed.
    package var removesNothing: Bool {
        ([usual] + projects.values).allSatisfy { rule in rule.days.values.allSatisfy { $0 == 0 } }
    }
}

extension Jobset {
    /// - Throws: ``FleetRefusal/noLongerKept(jobset:part:)`` when its results are not kept any longer.
    package func requireResults() throws(FleetRefusal) {
        guard resultsRemovedAt == nil else { throw .noLongerKept(jobset: id.text, part: .results) }
    }
}
