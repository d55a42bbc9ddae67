// SPDX-License-Identifier: Apache-2.0

/// Measurements, with what they were in the baseline.
package struct ReportedMetrics: Sendable, Equatable {
    /// Those that changed most first, then by name.
    package var metrics: [ReportedMetric]
    /// How many there are.
    package var total: Int

    /// Metrics as given.
    ///
    /// - Parameter total: How many there are; left out when `metrics` are all.
    package init(_ metrics: [ReportedMetric] = [], total: Int? = nil) {
        self.metrics = metrics
        self.total = total ?? metrics.count
    }
}

/// What a test case measured; where several jobs of an environment ran it, the mean.
package struct ReportedMetric: Sendable, Equatable {
    /// What it ran on.
    package var environment: String
    package var suite: String
    /// Which run of the suite within its job, from 1.
    package var suiteRun: Int
    /// The part of its lab job in a multinode group.
    package var role: String?
    /// The test case's name.
    package var name: String
    package var units: String?
    /// What it was in the baseline.
    package var before: Double?
    /// What it is now.
    package var after: Double

    /// A metric as given.
    package init(
        environment: String,
        suite: String,
        suiteRun: Int = 1,
        role: String? = nil,
        name: String,
        units: String? = nil,
        before: Double? = nil,
        after: Double
    ) {
        self.environment = environment
        self.suite = suite
        self.suiteRun = suiteRun
        self.role = role
        self.name = name
        self.units = units
        self.before = before
        self.after = after
    }

    /// By how much it has changed, in percent of what it was; `nil` where it was nothing or zero.
    package var changePercent: Double? {
        guard let before, before != 0, before.isFinite, after.isFinite else { return nil }
        let percent = (after - before) / abs(before) * 100
        return percent.isFinite ? percent : nil
    }
}
