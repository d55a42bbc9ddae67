// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import HTTPTypes
import Hummingbird

/// Adding jobs to an open jobset, and what was added by then.
struct AdditionRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.post("jobsets/{jobset}/jobs", .addJobs, use: add)
        api.get("jobsets/{jobset}/additions", .listAdditions, use: list)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let limit = query.limit(default: 1_000, most: 10_000)
        let after = query.cursor(parts: 1) { UUID(uuidString: $0[0]) }
        try query.finish()
        let jobset = try await gateway.readableJobset(context)
        let found = try await gateway.store.additions(of: jobset.id, after: after, limit: limit + 1)
        return try await Page(found, limit: limit) {
            Cursor($0.text)
        } item: {
            TakenMessage($0)
        }
        .response(for: request, in: context)
    }

    private func add(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        let (jobset, build) = try await gateway.jobset(in: context, for: .submit)
        let key = try IdempotencyKey(request.headers)
        let form = try BodyForm(request.headers, among: [.json, .yaml])
        let (body, addition) = try await context.work(on: try await gateway.document(in: request, form, context)) {
            (sent: consuming [UInt8], _: HeavyWork.Demand) in
            try read(consume sent, for: jobset)
        }
        try gateway.require(addition.names, in: build, context.caller)
        let id = key.map { KeyedID.addition(to: jobset, key: $0.text) } ?? UUID(digest: addition.digest)
        try await gateway.operations.note(
            "add",
            build,
            jobset: jobset,
            detail: ["jobs": "\(addition.jobs.count)", "seal": addition.seals ? "true" : nil],
            by: context.actor()
        )
        let before = try await gateway.store.hasAddition(id, of: jobset)
        try await gateway.permit(addition.names, in: build, id: id, digest: addition.digest, context.caller)
        let answer = try await gateway.submitter.post(addition: body, id: id)
        if case .refused(let problem) = answer { throw problem }
        guard let status = try await gateway.store.jobset(id: jobset) else {
            throw FleetRefusal.noSuchJobset(id: jobset.text)
        }
        let (added, skipped) = before ? (0, addition.jobs.count) : (addition.jobs.count, 0)
        let object = AddedJobs(status, added: added, skipped: skipped, isQueued: answer == nil)
        return try .json(object, status: .accepted)
    }

    /// The addition; the address says to which jobset, and the document need not say it again.
    private func read(_ sent: consuming [UInt8], for jobset: UUID) throws -> (body: [UInt8], JobsetAddition) {
        var body = consume sent
        let member = JSONParts.member("jobset", JSONParts.string(jobset.text))
        // In place: a copy would be as large again.
        let inserted = JSONParts.insert(member, into: &body)
        do {
            return (body, try addition(body, to: jobset))
        } catch let faults as DocumentFaults where faults.faults.contains(where: { $0.pointer == "/jobset" }) {
            if let inserted { body.removeSubrange(inserted) }
            return (body, try addition(body, to: jobset))
        }
    }

    private func addition(_ body: [UInt8], to jobset: UUID) throws -> JobsetAddition {
        let document = try IncomingDocument.read(
            body,
            limits: gateway.documentLimits,
            knownBackends: gateway.knownBackends,
            keepsDefinitions: false
        )
        guard case .addition(let addition) = document, addition.jobsetID == jobset else {
            let reason = "must be the jobset of the address, or be left out"
            throw DocumentFaults(faults: [Fault(pointer: "/jobset", reason: reason)])
        }
        return addition
    }
}

extension APIOperation {
    fileprivate static let addJobs = APIOperation(
        id: "addJobs",
        summary: "Add jobs to an open jobset, and optionally seal it",
        parameters: [key],
        body: ["application/json": schema("Addition"), "application/yaml": schema("Addition")],
        isBodyRequired: true,
        answers: ["202": json("The jobs are accepted", schema("Added"))],
        refusals: [403, 409, 415]
    )

    fileprivate static let listAdditions = APIOperation(
        id: "listAdditions",
        summary: "The additions of a jobset, by their keys",
        parameters: [limit(10_000), cursor],
        answers: page("Received")
    )
}
