// SPDX-License-Identifier: Apache-2.0

import ExternalLabs
import Fleet
import FleetRuntime
import FleetStore
import Hummingbird

/// Takes test runs the way of SQUAD: a build and an environment are named, and no job.
struct SQUADResultRoutes: Sendable {
    let gateway: GatewayParts

    /// How often a job is looked for: each time another test run may have come first.
    private static let tries = 10

    func add(to group: RouterGroup<GatewayContext>) {
        group.post("submit/{group}/{project}/{version}/{environment}", use: submit)
    }

    private func submit(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try context.squadBuild(for: "submit results", .report)
        let environment = context.parameters.get("environment") ?? ""
        let form = try await SQUADForm(request, gateway, context)
        var fields: [String: String] = [:]
        for name in TestRunReader.metadataFields { fields[name] = try form.text(name) }
        let (tests, metrics, metadata) = (try form.text("tests"), try form.text("metrics"), try form.text("metadata"))
        let (given, rules) = (fields, gateway.reportRules)
        let size = [tests, metrics, metadata].reduce(0) { $0 + ($1?.utf8.count ?? 0) }
        let result: ReportedResult
        do {
            result = try await context.work(on: given, of: size) { given, _ in
                try TestRunReader.read(
                    tests: tests,
                    metrics: metrics,
                    metadata: metadata,
                    fields: given,
                    rules: rules
                )
            }
        } catch let invalid as TestRunReader.Invalid {
            throw SQUADRefusal.text("\(invalid)")
        }
        return try await take(result, of: build, environment, context)
    }

    /// Reports it of the first job that waits for one, and answers the job's number.
    private func take(
        _ result: ReportedResult,
        of build: Build,
        _ environment: String,
        _ context: GatewayContext
    ) async throws -> Response {
        for _ in 0..<Self.tries {
            let candidates = try await gateway.store.resultCandidates(
                of: build,
                environment: environment,
                externalBackends: gateway.configuration.externalBackends
            )
            let job = try choose(among: candidates, for: result, build: build, environment: environment)
            guard let place = try await gateway.store.placeOfJob(id: job) else { continue }
            do {
                return try await gateway.report(result, ofJob: job, at: place, context) { _ in
                    .squadText("\(job)", status: .created)
                }
            } catch FleetRefusal.resultDiffers, FleetRefusal.jobAlreadyFinished {
                // Another came first.
                continue
            }
        }
        throw SQUADRefusal.text("other test runs of this environment came first, again and again; send it again")
    }

    private func choose(
        among candidates: [ResultCandidate],
        for result: ReportedResult,
        build: Build,
        environment: String
    ) throws(SQUADRefusal) -> Int {
        if let run = result.run, let known = candidates.first(where: { $0.run == run }) {
            guard known.digest == result.digest else {
                throw .text("There is already a test run with job_id \(run)")
            }
            return known.job
        }
        if let open = candidates.first(where: \.isOpen) { return open.job }
        // Without a name of the run, the same once more is a repeat.
        if result.run == nil, let known = candidates.last(where: { $0.digest == result.digest }) { return known.job }
        guard candidates.isEmpty else {
            throw .text("every job of environment \(environment) in this build has its result, or has ended")
        }
        throw .text(
            "no job of environment \(environment) in this build waits for a result: submit one to a backend of type "
                + "external first (submitjob)"
        )
    }
}
