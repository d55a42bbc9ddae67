// SPDX-License-Identifier: Apache-2.0

import Hummingbird

/// Every address that the gateway answers at. Each surface adds its own here: a folder and a line.
enum GatewayRouter {
    /// The routes, behind what holds for all of them.
    static func make(_ gateway: GatewayParts) -> Router<GatewayContext> {
        let router = Router(context: GatewayContext.self)
        router.addMiddleware {
            ErrorMiddleware()
            CallerMiddleware(access: gateway.access)
        }
        APIRoutes(gateway: gateway).add(to: router.group("api/v1"))
        return router
    }
}
