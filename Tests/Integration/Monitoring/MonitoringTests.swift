// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Foundation
import Postgres
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What `deploy/prometheus` and `deploy/grafana` have, against a fleet that has worked.
@Suite("Monitoring", .timeLimit(.minutes(15)))
struct MonitoringTests {
    @Test("promtool accepts the alert rules, and each alert fires when it should and not before")
    func alerts() async throws {
        let folder = Self.root.appending(path: "deploy/prometheus")
        for arguments in [
            ["check", "rules", "alerts.yml"], ["test", "rules", "alerts-test.yml"],
            ["check", "config", "prometheus.yml"],
        ] {
            let (status, output) = try await Self.promtool(
                arguments.dropLast() + [folder.appending(path: arguments[2]).path]
            )
            #expect(status == 0, "\(output)")
        }
        // No alert goes untested.
        let tests = try String(contentsOf: folder.appending(path: "alerts-test.yml"), encoding: .utf8)
        for alert in try Self.alerts() {
            #expect(tests.contains("alertname: \(alert.name)\n        exp_alerts:"), "\(alert.name)")
        }
    }

    @Test(
        "Every worker's metrics pass promtool's lint, and every query of the dashboard and the alerts can be answered"
    )
    func queries() async throws {
        let roles = TestFleet.Role.allCases.map(\.rawValue) + ["gateway"]
        let ports = try roles.map { _ in try ReservedPort() }
        try await TestFleet.with(settings: ["gateway": ["listen": "127.0.0.1:0"]]) { fleet in
            for (role, port) in zip(roles, ports) {
                _ = try fleet.launch(
                    "muster-\(role)",
                    as: TestFleet.Role(rawValue: role),
                    environment: ["MUSTER_METRICS_LISTEN": "127.0.0.1:\(port.number)"]
                )
            }
            let targets = Array(zip(roles, ports.map(\.number)))
            try await PrometheusServer.with(scraping: targets.map { ($0, $1) }, in: fleet.folder) { server in
                let id = try await fleet.publish(
                    fleet.document((0..<3).map { TestFleet.definition(name: "job-\($0)") })
                )
                _ = try await fleet.waitUntilFinished(id)
                try await fleet.waitForCallback(of: id)
                for (role, port) in targets { try await Self.checkMetrics(of: role, port: port, in: fleet.folder) }
                // Rates need two looks, and gauges of state some seconds.
                for query in [
                    "muster_backlog_jobs", "muster_running_jobsets",
                    "rate(muster_messages_total[5m])", #"up{job="muster", worker="gateway"} == 1"#,
                ] {
                    try await eventually("an answer to \(query)") { (try? await server.series(query)) ?? 0 > 0 }
                }
                var answered = 0
                let panels = try Dashboards.prometheus(in: Self.root)
                for query in panels { if try await server.series(query) > 0 { answered += 1 } }
                #expect(panels.count > 25)
                // Of a fleet that is well, what lists trouble has no series, and a lab whose events tell all is hardly asked.
                #expect(answered >= panels.count - 4, "\(answered) of \(panels.count)")
                for alert in try Self.alerts() { _ = try await server.series(alert.query) }
            }
        }
    }

    @Test("Every metric that a dashboard or an alert names is one of the workers'")
    func names() throws {
        let known = Set(MetricDescription.all.map(\.name))
        let queries = try Dashboards.prometheus(in: Self.root) + Self.alerts().map(\.query)
        for query in queries {
            for name in query.matches(of: /\b(?:muster|process)_[a-z_]+/).map({ String($0.output) }) {
                let stem = name.replacing(/_(bucket|sum|count)$/, with: "")
                #expect(known.contains(name) || known.contains(stem), "\(name) in \(query)")
            }
        }
    }

    @Test("A reader of the views can run every query of the SQL dashboard")
    func sql() async throws {
        try await TestFleet.with(labs: [:], settings: [:], companions: []) { fleet in
            let name = TestServers.uniqueName("grafana")
            let reader = try await fleet.store.addDashboardReader(name)
            try await withCleanUp {
                try await fleet.postgres.execute("alter role \(identifier: name) password 'reading'")
                var configuration = try TestServers.databaseConfiguration()
                (configuration.user, configuration.password) = (name, "reading")
                try await PostgresClient.withClient(configuration: configuration, logger: quietLogger) { client in
                    // As on a standby, nothing can be written: a worker would not be ready.
                    await #expect(throws: (any Error).self) { try await client.healthChecks[0].check() }
                    await #expect(throws: Never.self) { try await fleet.postgres.healthChecks[0].check() }
                    let queries = try Dashboards.sql(in: Self.root)
                    #expect(queries.count > 20)
                    for query in queries {
                        let sql = query.replacing("dashboard.", with: reader.schema + ".")
                            .replacing(/\$__timeFilter\((\w+)\)/) {
                                "\($0.1) between now() - interval '7 days' and now()"
                            }
                        await #expect(throws: Never.self, "\(query)") {
                            _ = try await client.query("\(unsafeSQL: sql)")
                        }
                    }
                }
            } cleanUp: {
                try await fleet.postgres.execute("drop schema \(identifier: reader.schema) cascade")
                try await fleet.postgres.execute("drop role \(identifier: name)")
            }
        }
    }

    private static func checkMetrics(of role: String, port: Int, in folder: URL) async throws {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)/metrics"))
        let text = try await eventually("\(role) to serve metrics") {
            try? await URLSession(configuration: .ephemeral).data(from: url).0
        }
        let file = folder.appending(path: "\(role).metrics")
        try text.write(to: file)
        let (status, output) = try await promtool(["check", "metrics"], input: file)
        #expect(status == 0 && output.isEmpty, "\(role): \(output)")
    }

    private static func promtool(_ arguments: [String], input: URL? = nil) async throws -> (Int32, String) {
        let log = FileManager.default.temporaryDirectory.appending(path: TestServers.uniqueName("promtool"))
        defer { try? FileManager.default.removeItem(at: log) }
        let program = try TestServers.required("MUSTER_TEST_PROMTOOL")
        // It reads metrics from its standard input alone.
        let line =
            ([program] + arguments).map { "'\($0)'" }.joined(separator: " ") + " < '\(input?.path ?? "/dev/null")'"
        let status = try await runProgram("/bin/sh", ["-c", line], log: log, within: .seconds(240))
        return (status, try String(contentsOf: log, encoding: .utf8))
    }

    /// The alerts' names and queries.
    private static func alerts() throws -> [(name: String, query: String)] {
        let text = try String(contentsOf: root.appending(path: "deploy/prometheus/alerts.yml"), encoding: .utf8)
        return text.components(separatedBy: "- alert: ").dropFirst().map { part in
            let name = String(part.prefix { $0 != "\n" })
            let query =
                part.components(separatedBy: "expr: ").last?
                .components(separatedBy: "\n        for:").first?
                .components(separatedBy: "\n        labels:").first ?? ""
            return (name, query.replacing(">-", with: "").split(separator: "\n").joined(separator: " "))
        }
    }

    private static var root: URL {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path),
            folder.path.count > 1
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }
}

/// The queries of `deploy/grafana`, with all labs chosen.
private enum Dashboards {
    private struct Dashboard: Decodable {
        struct Panel: Decodable { let targets: [Target] }
        struct Target: Decodable {
            let expr: String?
            let rawSql: String?
        }
        let panels: [Panel]
    }

    static func prometheus(in root: URL) throws -> [String] {
        try targets(of: "prometheus.json", in: root).compactMap(\.expr).map { $0.replacing("$backend", with: ".*") }
    }

    static func sql(in root: URL) throws -> [String] {
        try targets(of: "sql.json", in: root).compactMap(\.rawSql)
    }

    private static func targets(of file: String, in root: URL) throws -> [Dashboard.Target] {
        let data = try Data(contentsOf: root.appending(path: "deploy/grafana/\(file)"))
        return try JSONDecoder().decode(Dashboard.self, from: data).panels.flatMap(\.targets)
    }
}
