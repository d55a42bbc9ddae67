// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import HTTPTypes
import Hummingbird
import Tracing

/// Makes a span of each change that somebody asks for, below the one that the request names, and has what is logged
/// meanwhile say which trace it belongs to. Questions make no spans: pages ask many.
struct TraceMiddleware: RouterMiddleware {
    private static let header = HTTPField.Name(TraceParent.header)

    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        guard request.method == .post || request.method == .patch || request.method == .delete else {
            return try await next(request, context)
        }
        let parent = Self.header.flatMap { request.headers[$0] }.flatMap(TraceParent.init)
        return try await withStep("\(request.method.rawValue) request", below: parent, kind: .server) { span in
            let response = try await next(request, context)
            if let route = context.endpointPath { span.operationName = "\(request.method.rawValue) \(route)" }
            span.note(.status, response.status.code)
            if response.status.code >= 500 { span.fail("HTTP \(response.status.code)") }
            return response
        }
    }
}
