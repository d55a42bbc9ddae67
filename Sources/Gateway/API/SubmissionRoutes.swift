// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import HTTPTypes
import Hummingbird

/// Taking in jobsets.
struct SubmissionRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.post("jobsets", .submitJobset, use: submit)
        api.get("document-rules", .getDocumentRules, use: rules)
    }

    private func rules(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try context.caller.requireAnywhere(.submit)
        try QueryReader(request).finish()
        let rules = DocumentRules(limits: gateway.documentLimits, backends: gateway.knownBackends)
        return try .entity(rules, for: request)
    }

    private func submit(_ request: Request, _ context: GatewayContext) async throws -> Response {
        // Whoever may submit nowhere need not send all of it first.
        try context.caller.requireAnywhere(.submit)
        var query = QueryReader(request)
        let wait = query.wait(gateway.limits)
        try query.finish()
        let taken = try await take(request, context)
        // However long somebody waits, the document is not held for it.
        context.holding?.giveBack()
        await gateway.conclude(context.trail, status: taken.response.status.code)
        guard let wait, !taken.isQueued else { return taken.response }
        guard try await gateway.waitForEnd(of: taken.id, within: wait, context),
            let status = try await gateway.store.jobset(id: taken.id)
        else { return taken.response }
        return try .json(status, headers: location(of: taken.id))
    }

    /// What became of a document: its jobset, the answer, and whether ingest has yet to see it.
    private typealias Taken = (id: UUID, response: Response, isQueued: Bool)

    private func take(_ request: Request, _ context: GatewayContext) async throws -> Taken {
        let key = try IdempotencyKey(request.headers)
        let form = try BodyForm(request.headers)
        let body = try await gateway.document(in: request, form, context)
        let (limits, backends) = (gateway.documentLimits, gateway.knownBackends)
        let document = try await context.work(on: body) { body, _ in
            try JobsetDocument.read(body, limits: limits, knownBackends: backends, keepsDefinitions: false)
        }
        let build = document.build
        try context.caller.requireNamed(.submit, group: build.group, project: build.project)
        try gateway.require(document.names, in: build, context.caller)
        let id = key.map { KeyedID.jobset(in: build, key: $0.text) } ?? UUID(digest: document.digest)
        try await gateway.operations.note(
            "submit",
            build,
            jobset: id,
            detail: ["build": "\(build)", "jobs": "\(document.jobs.count)"],
            by: context.actor()
        )
        try await gateway.permit(document.names, in: build, id: id, digest: document.digest, context.caller)
        let answer = try await gateway.submitter.post(jobset: body, id: id)
        return (id, try taken(answer, id: id, jobs: document.jobs.count), isQueued: answer == nil)
    }

    private func location(of id: UUID) -> HTTPFields {
        [.location: gateway.address(of: "/api/v1/jobsets/\(id.text)")]
    }

    private func taken(_ answer: JobsetAnswer?, id: UUID, jobs: Int) throws -> Response {
        switch answer {
        case .refused(let problem): throw problem
        case .accepted(_, let total):
            return try .json(AcceptedJobset(id: id, total: total), status: .accepted, headers: location(of: id))
        case nil:
            // It is safe in the queue and will be taken in later.
            let object = AcceptedJobset(id: id, total: jobs, isQueued: true)
            return try .json(object, status: .accepted, headers: location(of: id))
        }
    }
}

extension GatewayParts {
    /// The document that is a request's body, as JSON.
    ///
    /// - Throws: ``Refusal``; ``DocumentFaults``.
    func document(in request: Request, _ form: BodyForm, _ context: GatewayContext) async throws -> [UInt8] {
        let documents = documentLimits
        let body = try await request.bytes(
            atMost: documents.maximumDocumentBytes / form.cost,
            within: limits.bodyTimeout,
            cost: form.cost,
            room: form.growth(documents),
            context
        )
        guard form != .json else { return body }
        return try await context.work(on: consume body) {
            (body: consuming [UInt8], demand: HeavyWork.Demand) in
            try form.json(of: consume body, documents, demand)
        }
    }

    /// Where others find something of ours.
    func address(of path: String) -> String {
        guard let base = limits.publicURL else { return path }
        return (base.hasSuffix("/") ? String(base.dropLast()) : base) + path
    }
}

extension APIOperation {
    fileprivate static let submitJobset = APIOperation(
        id: "submitJobset",
        summary: "Submit a jobset",
        parameters: [wait, key],
        body: [
            "application/json": schema("JobsetDocument"), "application/yaml": schema("JobsetDocument"),
            "application/jsonl": ["type": "string"],
        ],
        isBodyRequired: true,
        answers: [
            "200": json("The jobset ended while the client waited", schema("Jobset")),
            "202": [
                "description": "The document is accepted",
                "headers": ["Location": ["schema": ["type": "string"], "description": "The address of the jobset"]],
                "content": ["application/json": ["schema": schema("Accepted")]],
            ],
        ],
        refusals: [403, 409, 415]
    )

    fileprivate static let getDocumentRules = APIOperation(
        id: "getDocumentRules",
        summary: "The rules for jobset documents: maximum sizes, and the labs that jobs can name",
        answers: one("DocumentRules", "The rules"),
        refusals: [403]
    )
}
