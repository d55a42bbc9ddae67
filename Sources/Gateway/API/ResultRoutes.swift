// SPDX-License-Identifier: Apache-2.0

import ExternalLabs
import Fleet
import FleetOperations
import FleetRuntime
import FleetStore
import Hummingbird

/// What the test cases of a jobset said.
struct ResultRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("jobsets/{jobset}/results", .listResults, use: list)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let limit = query.limit(default: 1_000, most: 10_000)
        var filter = ResultFilter(limit: limit)
        filter.position = query.integer("job", 0...Int(Int32.max))
        filter.status = query.word("status", ResultStatus.self)
        filter.suite = query.text("suite")
        // LAVA's own suite is about the lab more than about the build, as `muster results` has it.
        filter.includesLavaSuite = query.flag("lava") || filter.suite == "lava"
        filter.after = query.cursor(parts: 3) { parts in
            guard let position = Int32(parts[0]), let labJob = Int(parts[1]), let index = Int32(parts[2]) else {
                return nil
            }
            return ResultPlace(position: Int(position), labJob: labJob, index: Int(index))
        }
        try query.finish()
        let jobset = try await gateway.readableJobset(context)
        try jobset.requireResults()
        let found = try await gateway.store.resultPage(of: jobset.id, filter)
        let next = found.next.map { Cursor("\($0.position)", "\($0.labJob)", "\($0.index)") }
        return try await Page(found.results.map { $0.linked(gateway.labs) }, next: next)
            .response(for: request, in: context)
    }
}

extension APIOperation {
    fileprivate static let listResults = APIOperation(
        id: "listResults",
        summary: "The results of the test cases, by job and in the lab's order",
        parameters: [
            query(
                "job",
                "Only of the job at this position",
                ["type": "integer", "minimum": 0, "maximum": 2_147_483_647]
            ),
            query("status", "Only with this status", words(ResultStatus.allCases.map(\.rawValue))),
            query("suite", "Only of this suite", text),
            query("lava", "Include LAVA's own suite `lava`", ["type": "boolean"]), limit(10_000), cursor,
        ],
        answers: page("Result"),
        refusals: [410]
    )
}

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
