// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import FleetRuntime
import FleetStore
import Foundation
import Hummingbird

/// Two builds of a project beside each other.
struct ComparisonPageRoutes: Sendable {
    let gateway: GatewayParts

    /// How long somebody waits for a page.
    private static let longest = Duration.seconds(10)

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("jobsets/{jobset}/comparison", use: comparison)
        group.get("projects/{group}/{project}/comparison", use: choose)
    }

    private func comparison(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(form: request)
        let name = query.baseline()
        let selection = ComparisonSelection(
            kind: query.word("kind", TestComparison.Kind.self),
            environment: query.text("environment"),
            from: query.integer("from", 0...ComparisonView.limit) ?? 0
        )
        try query.finish()
        let jobset = try await gateway.readableJobset(context)
        guard let build = Build(jobset.build) else { throw Refusal.notFound() }
        var parts = ComparisonView.Parts(
            jobset: jobset,
            choices: try await choices(of: build),
            selection: selection,
            metricRule: MetricRule(
                limits: gateway.configuration.metricLimits.limits(of: "\(build.group)/\(build.project)"),
                threshold: gateway.configuration.notifier.metricThreshold
            )
        )
        if let name {
            let baseline = try await gateway.baseline(name, of: jobset, context)
            let pair = try ComparedPair(jobset, with: baseline)
            parts.baseline = baseline
            try await compare(pair, selection, in: &parts, context)
        } else if case .found(let suggested) = try await gateway.store.baseline(of: jobset.id) {
            // Of another project, it is not among the choices.
            parts.suggested = suggested.id
        }
        return gateway.page(ComparisonView(parts), for: gateway.reader(request, context), request)
    }

    private func compare(
        _ pair: ComparedPair,
        _ selection: ComparisonSelection,
        in parts: inout ComparisonView.Parts,
        _ context: GatewayContext
    ) async throws {
        do {
            let difference = try await gateway.difference(
                of: pair,
                environment: selection.environment,
                limit: ComparisonView.limit,
                within: Self.longest,
                context
            )
            parts.difference = difference.linked(gateway.labs)
        } catch let failure as QuestionFailure {
            guard failure == .tooLong, selection.environment == nil else {
                throw Refusal.notCompared(failure, limit: Self.longest, ofOne: true)
            }
            parts.environments = try await gateway.store.environmentSizes(of: pair.jobset.id, with: pair.baseline.id)
                .prefix(ComparisonView.environmentLimit).map(\.environment)
        }
    }

    private func choices(of build: Build) async throws -> [JobsetSummary] {
        // One more, for the jobset itself may be among them.
        var filter = SummaryFilter(scopes: [.all], limit: ComparisonView.choiceLimit + 1)
        (filter.group, filter.project, filter.state) = (build.group, build.project, .finished)
        return try await gateway.store.summaries(filter)
    }

    /// Leads from the two builds that were chosen on the project's page to their comparison.
    private func choose(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (group, project) = try context.project()
        try context.caller.requireRead(group: group, project: project)
        var query = QueryReader(form: request)
        let (jobset, baseline) = (query.id("jobset"), query.id("baseline"))
        try query.finish()
        guard let jobset else { return .seeOther("/projects/\(group)/\(project)") }
        return .seeOther("/jobsets/\(jobset.text)/comparison" + (baseline.map { "?baseline=\($0.text)" } ?? ""))
    }
}
