// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import HTTPTypes
import Hummingbird
import Tracing

/// Makes a span of each change that somebody with a token asks for, below the one that the request names, and has what is
/// logged meanwhile say which trace it belongs to. Questions make no spans: pages ask many. Strangers make none either: the
/// queue of spans is not theirs to fill.
struct TraceMiddleware: RouterMiddleware {
    private static let header = HTTPField.Name(TraceParent.header)

    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        let isChange = request.method == .post || request.method == .patch || request.method == .delete
        guard isChange, context.caller.tokenID != nil else {
            return try await next(request, context)
        }
        let parent = Self.header.flatMap { request.headers[$0] }.flatMap(TraceParent.init)
        let answer: Result<Response, any Error> = await withStep(
            "\(request.method.rawValue) request",
            below: parent,
            kind: .server
        ) { span in
            let answer: Result<Response, any Error>
            let status: Int
            do {
                let response = try await next(request, context)
                (answer, status) = (.success(response), response.status.code)
            } catch {
                (answer, status) = (.failure(error), ErrorMiddleware.refusal(for: error).problem.status)
            }
            if let route = context.endpointPath { span.operationName = "\(request.method.rawValue) \(route)" }
            span.note(.status, status)
            if status >= 500 { span.fail("HTTP \(status)") }
            return answer
        }
        return try answer.get()
    }
}
