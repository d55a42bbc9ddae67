// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import HTTPTypes
import Hummingbird

/// The report of a finished jobset, in the format that the client accepts.
struct ReportRoutes: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("jobsets/{jobset}/report", .getReport, use: report)
    }

    private func report(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let named = query.word("format", ReportFormat.self)
        let generation = query.integer("generation", 1...Int(Int32.max))
        try query.finish()
        let jobset = try await gateway.readableJobset(context)
        let format = try named ?? ReportFormat.wanted(by: request.headers[.accept])
        let text = try await gateway.store.report(of: jobset.id, generation: generation, as: format)
        var headers: HTTPFields = [.vary: "Accept"]
        headers[values: .contentSecurityPolicy] = format.contentPolicy.map { [$0] } ?? []
        return .entity(Array(text.utf8), type: format.mediaType, headers: headers, for: request)
    }
}

extension APIOperation {
    fileprivate static let getReport = APIOperation(
        id: "getReport",
        summary: "The report of a finished jobset, in the format that `Accept` asks for",
        parameters: [
            query("format", "The format, regardless of `Accept`", words(ReportFormat.allCases.map(\.rawValue))),
            query(
                "generation",
                "The generation; default: the latest one that has finished",
                ["type": "integer", "minimum": 1, "maximum": 2_147_483_647]
            ),
        ],
        answers: [
            "200": [
                "description": "The report",
                "content": .object(
                    Dictionary(
                        uniqueKeysWithValues: ReportFormat.byMediaType.map { format in
                            let type = String(format.mediaType.prefix { $0 != ";" })
                            return (type, ["schema": format == .json ? ["type": "object"] : ["type": "string"]])
                        }
                    )
                ),
            ],
            "304": notModified,
        ],
        refusals: [406, 410]
    )
}

extension ReportFormat {
    /// What a browser may do with it: the page has its look in itself, and nothing else.
    var contentPolicy: String? {
        self == .html ? HeaderMiddleware.contentPolicy + "; style-src 'unsafe-inline'" : nil
    }

    /// The format that `Accept` prefers; JSON without one.
    ///
    /// - Throws: ``Refusal`` 406 when it accepts none of ours.
    static func wanted(by accept: String?) throws(Refusal) -> ReportFormat {
        guard let accept else { return .json }
        let ranges = AcceptedTypes(accept)
        let best = byMediaType.map { ranges.quality(of: $0.mediaType) }.max() ?? 0
        // Of several that are as welcome, the first of ours.
        guard best > 0, let format = byMediaType.first(where: { ranges.quality(of: $0.mediaType) == best }) else {
            throw .notAcceptable(byMediaType.map(\.mediaType))
        }
        return format
    }
}
