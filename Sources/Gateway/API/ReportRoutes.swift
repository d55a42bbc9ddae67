// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import HTTPTypes
import Hummingbird

/// The report of a finished jobset, in the format that the client accepts.
struct ReportRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("jobsets/{jobset}/report", use: report)
    }

    private func report(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let named = query.word("format", ReportFormat.self)
        let generation = query.integer("generation", 1...Int(Int32.max))
        try query.finish()
        let jobset = try await gateway.readableJobset(context)
        let format = try named ?? ReportFormat.wanted(by: request.headers[.accept])
        guard
            let report = try await gateway.store.storedReport(
                jobsetID: jobset.id,
                generation: generation,
                formats: [format]
            )
        else {
            guard generation == nil || generation == jobset.generation else {
                throw Refusal.notFound("There is no report of that generation.")
            }
            let isFinished = jobset.state == .finished
            throw Refusal.notFound(
                isFinished ? "The report is being written; try again in a moment." : "The jobset has not finished yet."
            )
        }
        guard let text = report[format] else {
            throw Refusal.notFound("The report was made by an earlier version, which did not write this format.")
        }
        var headers: HTTPFields = [.vary: "Accept"]
        headers[values: .contentSecurityPolicy] = format.contentPolicy.map { [$0] } ?? []
        return .entity(Array(text.utf8), type: format.mediaType, headers: headers, for: request)
    }
}
