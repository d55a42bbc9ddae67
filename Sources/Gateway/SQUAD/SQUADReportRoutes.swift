// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Hummingbird

/// What is made of a build's results: its report, and its comparison with another build.
struct SQUADReportRoutes: Sendable {
    let gateway: GatewayParts

    private var store: FleetStore { gateway.store }

    /// How many changes of a kind a comparison names, and how long it may take.
    private static let mostChanges = 50_000
    private static let longestComparison = Duration.seconds(60)

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("builds/{build}/email", use: email)
        group.get("builds/{build}/report", use: order)
        group.post("builds/{build}/report", use: order)
        group.get("reports/{build}", use: report)
        group.get("projects/{project}/compare_builds", use: compare)
        group.post("fetchjob/{testjob}", use: fetch)
    }

    /// The text of the report, or its page.
    private func email(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let type = query.text("output") ?? "text/plain"
        if !["text/plain", "text/html"].contains(type) { query.add("output", type, "must be text/plain or text/html") }
        // The baseline is the jobset's, and the layout Muster's.
        _ = query.texts("baseline") + query.texts("template") + query.texts("format")
        try query.finish()
        let build = try await gateway.readableSQUADBuild(context)
        let format: ReportFormat = type == "text/html" ? .html : .text
        return .squadText(try await text(of: build, as: format), type: "\(type); charset=utf-8")
    }

    /// SQUAD makes a report when it is ordered. Here it is there as soon as the build has finished.
    private func order(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try await gateway.readableSQUADBuild(context)
        let address = SQUADLinks(request, gateway).report(build.id)
        guard case .text(let url) = address else { throw SQUADRefusal.notFound("Report") }
        return .squadJSON(
            ["message": .text("OK. Please check report status at: \(url)"), "url": address],
            status: .accepted
        )
    }

    private func report(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try await gateway.readableSQUADBuild(context)
        let links = SQUADLinks(request, gateway)
        var members: [String: JSONValue] = [
            "url": links.report(build.id), "id": .number(build.id), "build": links.build(build.id),
            "baseline": try await store.squadBaseline(of: build.jobset).map { links.build($0) } ?? .null,
            "created_at": .squadTime(build.createdAt), "output_format": "text/plain", "template": .null,
            "status_code": .null, "output_subject": .null, "output_text": .null, "output_html": .null,
            "error_message": .null,
        ]
        // `status_code` is null, as in SQUAD, until it is there.
        if build.isFinished, let report = try await store.storedReport(jobsetID: build.jobset, formats: [.text, .html])
        {
            members["status_code"] = 200
            members["output_subject"] = .text("\(build.build)")
            members["output_text"] = .text(orNull: report[.text])
            members["output_html"] = .text(orNull: report[.html])
        }
        return .squadJSON(members)
    }

    private func text(of build: SQUADBuild, as format: ReportFormat) async throws -> String {
        do {
            return try await store.report(of: build.jobset, generation: nil, as: format)
        } catch let refusal as FleetRefusal {
            throw SQUADRefusal.detail("\(refusal)", status: .notFound)
        }
    }

    private func compare(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let before = query.integer("baseline", 1...Int.max)
        let after = query.integer("to_compare", 1...Int.max)
        if before == nil { query.add("baseline", nil, "is missing: the number of a build") }
        if after == nil { query.add("to_compare", nil, "is missing: the number of a build") }
        let by = query.text("by") ?? "tests"
        if !["tests", "metrics"].contains(by) { query.add("by", by, "must be tests or metrics") }
        let isForced = query.text("force").map { ["1", "true", "True"].contains($0) } ?? false
        try query.finish()
        let project = try context.squadNumber("project", of: "Project")
        let baseline = try await gateway.readableSQUADBuild(before, context)
        let build = try await gateway.readableSQUADBuild(after, context)
        guard baseline.projectID == project, build.projectID == project else { throw SQUADRefusal.notFound("Build") }
        for one in [baseline, build] where !one.isFinished && !isForced {
            throw SQUADRefusal.message("Build \(one.build.version) is not finished. Use \"force\" to force comparison.")
        }
        // A measurement that is much worse fails its test here: see metric limits.
        guard by == "tests" else { return .squadJSON(["regressions": [:], "fixes": [:]]) }
        guard let slot = gateway.comparisons.take(for: context.caller.share) else { throw Refusal.busy() }
        defer { withExtendedLifetime(slot) {} }
        let comparison = try await store.compare(
            build.jobset,
            with: baseline.jobset,
            limit: Self.mostChanges,
            metricLimit: 0,
            within: Self.longestComparison
        )
        return .squadJSON([
            "regressions": Self.tree(comparison.tests[.regression] ?? []),
            "fixes": Self.tree(comparison.tests[.fix] ?? []),
        ])
    }

    /// The names of tests, by environment and suite.
    private static func tree(_ tests: [ComparedTest]) -> JSONValue {
        let byEnvironment = Dictionary(grouping: tests, by: \.environment)
        return .object(
            byEnvironment.mapValues { tests in
                .object(
                    Dictionary(grouping: tests, by: \.suite).mapValues { tests in
                        // Jobs of an environment with different names may have the same test.
                        .list(Set(tests.map(\.name)).sorted().map { .text($0) })
                    }
                )
            }
        )
    }

    /// Results are fetched as soon as the lab has them, whether somebody asks or not.
    private func fetch(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let number = try context.squadNumber("testjob", of: "TestJob")
        _ = try await gateway.visibleSQUADTestJob(number, of: "TestJob", context)
        return .squadText("", status: .accepted)
    }
}
