// SPDX-License-Identifier: Apache-2.0

import Hummingbird

/// Every address that the gateway answers at. Each surface adds its own here: a folder and a line.
enum GatewayRouter {
    /// The routes, behind what holds for all of them.
    static func make(_ gateway: GatewayParts, table: RouteTable = RouteTable()) -> Router<GatewayContext> {
        let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
        router.addMiddleware {
            RequestMetrics()
            HeaderMiddleware()
            HeadMiddleware()
            AuditMiddleware(gateway: gateway)
            ErrorMiddleware(routes: table)
            CallerMiddleware(
                tokens: gateway.tokens,
                addresses: gateway.addresses,
                session: gateway.session
            )
            BodyBudgetMiddleware(budget: gateway.bodies)
            UnknownPageMiddleware(gateway: gateway)
        }
        APIRoutes(gateway: gateway).add(to: router)
        SQUADRoutes(gateway: gateway).add(to: router)
        DashboardRoutes(gateway: gateway).add(to: router)
        table.fill(from: router)
        return router
    }
}
