// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import HTTPTypes
import Hummingbird

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
        FleetMetric.requests.increment([.method: method, .route: route, .status: "\(response.status.code)"])
        FleetMetric.requestTime.record(ContinuousClock.now - start, [.route: route])
        return response
    }

    /// A client may write anything where the method stands.
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
}
