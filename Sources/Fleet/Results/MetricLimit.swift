// SPDX-License-Identifier: Apache-2.0

/// How much worse the measurements of a project's tests may get before they fail.
package struct MetricLimit: Sendable, Equatable {
    /// Which way is better.
    package enum Direction: String, Sendable, CaseIterable {
        /// Less is better: times, sizes.
        case lower
        /// More is better: throughput.
        case higher
    }

    package var pattern: TestPattern
    package var better: Direction
    /// By how much a measurement may be worse than usual, in percent.
    package var percent: Int

    package init(pattern: TestPattern, better: Direction, percent: Int) {
        self.pattern = pattern
        self.better = better
        self.percent = percent
    }
}

/// The limits of the configuration, by `group/project`.
package struct MetricLimits: Sendable {
    private let byProject: [String: [MetricLimit]]

    package init(_ byProject: [String: [MetricLimit]] = [:]) { self.byProject = byProject.filter { !$1.isEmpty } }

    /// There are none.
    package static let none = MetricLimits()

    /// Those of a project, in their order.
    package func limits(of project: String) -> [MetricLimit] { byProject[project, default: []] }
}
