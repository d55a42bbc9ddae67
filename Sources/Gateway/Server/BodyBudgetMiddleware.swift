// SPDX-License-Identifier: Apache-2.0

import Hummingbird

/// Opens an account of the bytes that a request holds, until it is answered. It comes after ``CallerMiddleware``.
struct BodyBudgetMiddleware: RouterMiddleware {
    let budget: ByteBudget

    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let caller = context.caller.tokenID.map { "token \($0)" } ?? "address \(context.address ?? "unknown")"
        let holding = budget.open(for: caller)
        context.holding = holding
        defer { withExtendedLifetime(holding) {} }
        return try await next(request, context)
    }
}
