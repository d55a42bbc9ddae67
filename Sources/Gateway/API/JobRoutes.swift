// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Foundation
import HTTPTypes
import Hummingbird

/// The jobs of a jobset: the list, one with all its attempts, and its definition without secrets.
struct JobRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("jobsets/{jobset}/jobs", .listJobs, use: list)
        api.get("jobsets/{jobset}/jobs/{position}", .getJob, use: job)
        api.get("jobsets/{jobset}/jobs/{position}/attempts", .listAttempts, use: attempts)
        api.get("jobsets/{jobset}/jobs/{position}/definition", .getDefinition, use: definition)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let limit = query.limit(default: 100, most: 1_000)
        var filter = JobFilter()
        filter.state = query.word("state", JobState.self)
        filter.outcome = query.word("outcome", JobOutcome.self)
        filter.environment = query.text("environment")
        filter.name = query.text("name")
        filter.backend = query.text("backend")
        filter.hasFailed = query.flag("failed") ? true : nil
        let from = query.integer("from", 0...Int(Int32.max)) ?? 0
        let first = query.cursor(parts: 1) { Int32($0[0]).map(Int.init) } ?? from
        try query.finish()
        let jobset = try await gateway.readableJobset(context)
        let found = try await gateway.store.jobs(of: jobset.id, from: first, limit: limit + 1, filter)
        return try await Page(found, limit: limit) {
            Cursor("\($0.position + 1)")
        } item: {
            $0.linked(gateway.labs)
        }
        .response(for: request, in: context)
    }

    private func job(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        let (jobset, job) = try await readableJob(context)
        let attempts = try await gateway.store.attempts(of: jobset.id, position: job.position)
        return try .entity(job.with(attempts).linked(gateway.labs), for: request)
    }

    private func attempts(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        let (jobset, job) = try await readableJob(context)
        let attempts = try await gateway.store.attempts(of: jobset.id, position: job.position)
        let objects = attempts.map { $0.linked(gateway.labs, in: job.backend) }
        return try await Page(whole: objects).response(for: request, in: context)
    }

    private func definition(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        let (jobset, job) = try await readableJob(context)
        guard let text = try await gateway.store.definition(of: jobset.id, position: job.position) else {
            guard jobset.definitionsRemovedAt == nil else {
                throw FleetRefusal.noLongerKept(jobset: jobset.id.text, part: .definitions)
            }
            throw Refusal.notFound("There is no definition of this job.")
        }
        let shown = try await context.maskedDefinition(text)
        return .entity(Array(shown.utf8), type: "application/yaml", for: request)
    }

    private func readableJob(_ context: GatewayContext) async throws -> (Jobset, Job) {
        let jobset = try await gateway.readableJobset(context)
        guard let number = context.parameters.get("position").flatMap({ Int32($0) }), number >= 0 else {
            throw Refusal.notFound("The jobset has no job at this position.")
        }
        let position = Int(number)
        guard let job = try await gateway.store.jobs(of: jobset.id, from: position, limit: 1).first,
            job.position == position
        else { throw FleetRefusal.noSuchJob(jobset: jobset.id.text, position: position, total: jobset.total) }
        return (jobset, job)
    }
}

extension GatewayContext {
    /// A definition without what LAVA keeps secret in it.
    ///
    /// - Throws: ``Refusal`` for one that is not shown.
    func maskedDefinition(_ text: String) async throws -> String {
        do {
            return try await work(on: text, of: text.utf8.count) { text, demand in
                try MaskedDefinition.text(of: text) { try demand.check() }
            }
        } catch let reason as MaskedDefinition.NotShown {
            throw Refusal(
                "not-shown",
                "The definition can't be shown",
                status: 409,
                detail: "The definition can't be shown: \(Self.words(reason))."
            )
        }
    }

    private static func words(_ reason: MaskedDefinition.NotShown) -> String {
        switch reason {
        case .unclear: "it can't be told what in it is secret"
        case .tooLong: "it has more than \(MaskedDefinition.maximumBytes) bytes"
        case .tooManySecrets: "it has too many secrets, or they are too long"
        }
    }
}

extension APIOperation {
    fileprivate static let listJobs = APIOperation(
        id: "listJobs",
        summary: "The jobs of a jobset, by their positions in the document",
        parameters: [
            query("state", "Only in this state", words(JobState.allCases.map(\.rawValue))),
            query("outcome", "Only with this outcome", words(JobOutcome.allCases.map(\.rawValue))),
            query("environment", "Only of this environment", text), query("name", "Only of this name", text),
            query("backend", "Only for this lab", text),
            query("failed", "Only those that did not complete or have a failed test", ["type": "boolean"]),
            query(
                "from",
                "Start at this position in the document",
                ["type": "integer", "minimum": 0, "maximum": 2_147_483_647]
            ),
            limit(1_000), cursor,
        ],
        answers: page("Job")
    )

    fileprivate static let getJob = APIOperation(
        id: "getJob",
        summary: "A job with all its attempts",
        answers: one("Job", "The job")
    )

    fileprivate static let listAttempts = APIOperation(
        id: "listAttempts",
        summary: "The attempts of a job, first to last",
        answers: page("Attempt")
    )

    fileprivate static let getDefinition = APIOperation(
        id: "getDefinition",
        summary: "A job's definition; its secrets are masked",
        answers: [
            "200": [
                "description": "The definition",
                "content": ["application/yaml": ["schema": [:]]],
            ],
            "304": notModified,
        ],
        refusals: [409, 410]
    )
}
