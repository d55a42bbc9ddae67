// SPDX-License-Identifier: Apache-2.0

package import Fleet

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
