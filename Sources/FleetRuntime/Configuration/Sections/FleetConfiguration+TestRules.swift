// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension FleetConfiguration {
    /// A failure that a project knows of: section `projects."<group>/<project>".known_issues.<name>`.
    struct KnownIssueSection: ConfigurationSection {
        @Key("environment", .glob, default: "*", "the environments that the known issue is about")
        private var environment: String

        @Key("suite", .glob, default: "*", "the suites that the known issue is about")
        private var suite: String

        @Key("test", .glob, default: "*", "the tests that the known issue is about; their failures do not fail a build")
        private var test: String

        @Key("reason", required: .text, "what is known, shown in reports")
        private var reason: String

        @Key("url", .link, "a page about the known issue, such as a bug report")
        private var url: String?

        @Key("expires", .day, "the last day on which the known issue holds, in UTC; default: no end")
        private var expires: String?

        var wish: KnownIssueWish {
            KnownIssueWish(
                pattern: TestPattern(environment: environment, suite: suite, test: test),
                reason: reason,
                url: url,
                expires: expires
            )
        }

        var conflicts: [ConfigurationFault] {
            let pattern = wish.pattern.faults.map { $test.fault($0.reason) }
            let text = KnownIssueWish.complaint(aboutReason: reason).map { [$reason.fault($0)] } ?? []
            return pattern + text
        }
    }

    /// The failures that each project knows of. The store has more.
    package var knownIssues: ConfiguredKnownIssues { ConfiguredKnownIssues(projects.mapValues(\.knownIssues)) }
}

extension FleetConfiguration {
    /// A limit for measurements: section `projects."<group>/<project>".metric_limits.<name>`.
    struct MetricLimitSection: ConfigurationSection {
        @Key("environment", .glob, default: "*", "the environments that the limit is for")
        private var environment: String

        @Key("suite", .glob, default: "*", "the suites that the limit is for")
        private var suite: String

        @Key("test", .glob, default: "*", "the tests that the limit is for")
        private var test: String

        @Key("better", required: .choice, otherwise: .lower, "which measurements are better")
        private var better: MetricLimit.Direction

        @Key(
            "percent",
            .integer(0...1_000_000),
            default: 10,
            "by how much a measurement can be worse than the median of the 5 jobsets before; beyond that, its test fails"
        )
        private var percent: Int

        var limit: MetricLimit {
            MetricLimit(
                pattern: TestPattern(environment: environment, suite: suite, test: test),
                better: better,
                percent: percent
            )
        }

        var conflicts: [ConfigurationFault] { limit.pattern.faults.map { $test.fault($0.reason) } }
    }

    /// How much worse the measurements of each project may get.
    package var metricLimits: MetricLimits { MetricLimits(projects.mapValues(\.metricLimits)) }
}
