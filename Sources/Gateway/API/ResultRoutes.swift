// SPDX-License-Identifier: Apache-2.0

import Fleet
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
