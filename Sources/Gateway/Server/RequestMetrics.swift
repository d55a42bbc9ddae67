// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Metrics

/// Counts requests by route and status, and measures how long they took to be answered.
struct RequestMetrics: RouterMiddleware {
    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let route = context.endpointPath ?? "none"
        let method = Self.methods.contains(request.method.rawValue) ? request.method.rawValue : "other"
        Counter(
            label: "muster_requests_total",
            dimensions: [("method", method), ("route", route), ("status", "\(response.status.code)")]
        ).increment()
        Timer(label: "muster_request_seconds", dimensions: [("route", route)])
            .recordNanoseconds(Int64((ContinuousClock.now - start) / .nanoseconds(1)))
        return response
    }

    /// A client may write anything where the method stands.
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
}
