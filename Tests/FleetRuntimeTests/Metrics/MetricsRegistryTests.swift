// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Foundation
import Metrics
import Testing

@Suite("The metrics registry")
struct MetricsRegistryTests {
    @Test("Counters, gauges and timers are written in Prometheus's format with base units")
    func format() {
        let registry = MetricsRegistry()
        Counter(label: "jobs.submitted", dimensions: [("backend", "lab\"a\n")], factory: registry).increment(by: 2)
        Counter(label: "muster_done_total", factory: registry).increment()
        Gauge(label: "in-flight", factory: registry).record(7)
        Meter(label: "pool", factory: registry).increment(by: 1.5)
        let timer = Timer(label: "postgres_query_seconds", factory: registry)
        timer.recordMilliseconds(3)
        timer.recordSeconds(1_000)
        let lines = registry.text().split(separator: "\n").map(String.init)
        let wanted = [
            "# TYPE muster_jobs_submitted_total counter", #"muster_jobs_submitted_total{backend="lab\"a\n"} 2"#,
            "muster_done_total 1",
            "# TYPE muster_in_flight gauge", "muster_in_flight 7", "muster_pool 1.5",
            "# TYPE muster_postgres_query_seconds histogram",
            #"muster_postgres_query_seconds_bucket{le="0.0025"} 0"#,
            #"muster_postgres_query_seconds_bucket{le="0.005"} 1"#,
            #"muster_postgres_query_seconds_bucket{le="+Inf"} 2"#, "muster_postgres_query_seconds_sum 1000.003",
            "muster_postgres_query_seconds_count 2",
            "muster_metrics_dropped_total 0",
        ]
        for line in wanted { #expect(lines.contains(line), "\(lines)") }
    }

    @Test("A metric that is described says so above its values")
    func help() {
        let registry = MetricsRegistry()
        Counter(label: "muster_swept_total", dimensions: [("what", "missed finish")], factory: registry).increment()
        Counter(label: "unknown", factory: registry).increment()
        let lines = registry.text().split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("# HELP") }.count == 2)
        #expect(lines.contains("# HELP muster_metrics_dropped_total label sets beyond the limit of one metric"))
        let help = lines.firstIndex { $0.hasPrefix("# HELP muster_swept_total what the sweep had to recover") }
        #expect(lines.firstIndex(of: "# TYPE muster_swept_total counter") == help.map { $0 + 1 })
    }

    @Test("Series can be removed, all of a metric or those with a label")
    func removal() {
        let registry = MetricsRegistry()
        for lab in ["a", "ab"] {
            for state in ["ok", #"x",lab="a"#] {
                Gauge(label: "state", dimensions: [("lab", lab), ("state", state)], factory: registry).record(1)
            }
        }
        registry.remove("muster_state", where: ("lab", "a"))
        #expect(!registry.text().contains(#"lab="a",state"#))
        #expect(registry.text().contains(#"muster_state{lab="ab",state="ok"} 1"#))
        #expect(registry.text().contains(#"muster_state{lab="ab",state="x\",lab=\"a"} 1"#))
        registry.remove("muster_state")
        #expect(!registry.text().contains("muster_state"))
    }

    @Test("Each counter whose labels are known is there from the start, at 0, and is described")
    func zero() {
        let registry = MetricsRegistry.bootstrapped
        FleetMetric.startAtZero(worker: "notifier", backends: ["lab-zero"])
        FleetMetric.startAtZero(worker: "submitter", backends: ["lab-zero"])
        FleetMetric.messages.startAtZero([.queue: ["q-zero"]])
        let text = registry.text()
        for line in [
            #"muster_deliveries_total{kind="callback",outcome="failed"} "#, "muster_receivers_marked_total ",
            #"muster_submissions_total{backend="lab-zero",outcome="adopted"} 0"#,
            #"muster_surplus_lab_jobs_total{backend="lab-zero"} 0"#,
            #"muster_messages_total{outcome="dead",queue="q-zero"} 0"#,
        ] {
            #expect(text.contains("\n" + line), "\(line)")
        }
        // Those of other workers are not.
        #expect(!text.contains(#"muster_polls_total{backend="lab-zero""#))
        FleetMetric.submissions.forget(where: (.backend, "lab-zero"))
        #expect(!registry.text().contains(#"muster_submissions_total{backend="lab-zero""#))
    }

    @Test("A process says what it uses, each with its meaning")
    func process() throws {
        let lines = ProcessMetric.text().split(separator: "\n").map(String.init)
        for metric in ProcessMetric.allCases {
            #expect(lines.contains { $0.hasPrefix("# HELP \(metric.rawValue) ") })
            let value = lines.first { $0.hasPrefix("\(metric.rawValue) ") }?.split(separator: " ").last
            #expect(try #require(value.flatMap { Double($0) }) > 0, "\(metric)")
        }
        let start = lines.first { $0.hasPrefix("process_start_time_seconds ") }?.split(separator: " ").last
        #expect(abs(try #require(start.flatMap { Double($0) }) - Date.now.timeIntervalSince1970) < 86_400)
    }

    @Test("The same name and labels are the same series, whatever the order of the labels")
    func sameSeries() {
        let registry = MetricsRegistry()
        Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
        Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment()
        #expect(registry.text().contains(#"muster_c_total{a="1",b="2"} 2"#))
    }

    @Test("Label sets beyond the limit, and a name of another kind, are dropped and counted")
    func limit() {
        let registry = MetricsRegistry(maximumSeries: 3)
        for index in 0..<5 { Counter(label: "c", dimensions: [("i", "\(index)")], factory: registry).increment() }
        Gauge(label: "c_total", factory: registry).record(1)
        let text = registry.text()
        #expect(text.contains("muster_metrics_dropped_total 3"))
        #expect(!text.contains(#"i="3""#))
    }

    @Test("Many tasks count without losing any")
    func concurrent() async {
        let registry = MetricsRegistry()
        await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<8 {
                tasks.addTask { for _ in 0..<1_000 { Counter(label: "n", factory: registry).increment() } }
            }
        }
        #expect(registry.text().contains("muster_n_total 8000"))
    }
}
