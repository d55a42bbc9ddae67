// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Foundation
import Testing

@Suite("Metric limits in the configuration")
struct MetricLimitConfigurationTests {
    private static func text(_ limits: String) -> String {
        """
        \(ConfigurationLoadingTests.smallest)
        projects:
          g/p:
            metric_limits:
        \(limits)
        """
    }

    @Test("Each is read, in the order of their names")
    func read() throws {
        let text = Self.text(
            """
                  two: {suite: iperf3, better: higher}
                  one: {environment: "qemu*", test: "*-time", better: lower, percent: 25}
            """
        )
        let configuration = try FleetConfiguration.load(text: text)
        #expect(
            configuration.metricLimits.limits(of: "g/p") == [
                MetricLimit(
                    pattern: TestPattern(environment: "qemu*", test: "*-time"),
                    better: .lower,
                    percent: 25
                ),
                MetricLimit(pattern: TestPattern(suite: "iperf3"), better: .higher, percent: 10),
            ]
        )
        #expect(configuration.metricLimits.limits(of: "g/q").isEmpty)
    }

    @Test(
        "What is wrong is said with its whole name",
        arguments: [
            ("      one: {better: lower}", "metric_limits.one.test", "must not be * if suite is * too"),
            ("      one: {suite: a}", "metric_limits.one.better", "is missing"),
            ("      one: {suite: a, better: more}", "metric_limits.one.better", "must be one of lower, higher"),
            ("      one: {suite: a, better: lower, percent: -1}", "metric_limits.one.percent", "must be"),
        ]
    )
    func faults(limits: String, place: String, words: String) {
        let faults = ConfigurationLoadingTests.faults(Self.text(limits))
        #expect(faults.contains { $0.contains(place) && $0.contains(words) }, "\(faults)")
    }
}
