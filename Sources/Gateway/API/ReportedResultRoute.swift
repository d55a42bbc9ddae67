// SPDX-License-Identifier: Apache-2.0

import ExternalLabs
import Fleet
import FleetOperations
import FleetRuntime
import FleetStore
import Hummingbird

/// Takes the result of a job that somebody else has run.
struct ReportedResultRoute: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.post("jobs/{job}/result", .reportResult, use: report)
    }

    private func report(_ request: Request, _ context: GatewayContext) async throws -> Response {
        // Nothing is changed without a token: a flood of such requests is not worth asking the database.
        guard context.caller.tokenID != nil else { throw Refusal.unauthorized() }
        guard let id = context.parameters.get("job").flatMap({ Int($0) }),
            let place = try await gateway.store.placeOfJob(id: id)
        else { throw context.caller.notFound }
        try context.caller.require(.report, group: place.group, project: place.project)
        try QueryReader(request).finish()
        let bytes = try await request.bytes(
            atMost: min(gateway.documentLimits.maximumDocumentBytes, gateway.bodies.maximumForOne / Self.cost),
            within: gateway.limits.bodyTimeout,
            cost: Self.cost,
            context
        )
        let rules = gateway.reportRules
        let result: ReportedResult
        do {
            result = try await context.work(on: bytes) { bytes, _ in try ResultReader.read(bytes, rules: rules) }
        } catch let faults as ReportFaults {
            throw Refusal.badRequest(faults.faults)
        }
        return try await gateway.report(result, ofJob: id, at: place, context) {
            try .json(Receipt($0), status: .accepted)
        }
    }

    /// How many bytes of the gateway's budget one byte of a report takes: a text of XML within JSON is decoded, parsed,
    /// and kept as tests.
    static let cost = 8
}

extension GatewayParts {
    /// What a reported result is held to.
    var reportRules: ReportRules {
        ReportRules(maximumTests: configuration.watcher.maximumResultsPerJob)
    }

    /// Stores a result, says who has reported it, and answers.
    func report(
        _ result: ReportedResult,
        ofJob id: Int,
        at place: JobPlace,
        _ context: GatewayContext,
        answer: (ResultReceipt) throws -> Response
    ) async throws -> Response {
        let receipt = try await operations.reportResult(
            result,
            ofJob: id,
            at: place,
            externalBackends: configuration.externalBackends,
            by: context.actor()
        )
        return try answer(receipt)
    }
}

extension APIOperation {
    fileprivate static let reportResult = APIOperation(
        id: "reportResult",
        summary: "Report the result of a job that somebody else has run",
        body: ["application/json": schema("ReportedResult")],
        isBodyRequired: true,
        answers: ["202": json("The result is stored, and will be counted within moments", schema("Receipt"))],
        refusals: [403, 409]
    )
}
