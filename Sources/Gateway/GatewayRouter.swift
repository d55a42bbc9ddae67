// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import Synchronization

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
            TraceMiddleware()
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

/// Every address and its methods, so that a wrong method is told from a wrong address.
final class RouteTable: Sendable {
    /// An address with `{…}` for its parameters, and the methods that it takes.
    private let routes = Mutex<[(path: [String], method: String)]>([])

    /// Takes note of all routes of a router; to be called when it has all of them.
    func fill(from router: Router<GatewayContext>) {
        routes.withLock { routes in
            routes = router.routes.map { (Self.parts("\($0.path)"), $0.method.rawValue) }
        }
    }

    /// The methods that a path takes; empty where there is nothing at it.
    func methods(of path: String) -> Set<String> {
        let parts = Self.parts(path)
        let methods = routes.withLock { routes in
            Set(routes.filter { Self.matches($0.path, parts) }.map(\.method))
        }
        // What can be got can be asked for its head alone.
        return methods.contains("GET") ? methods.union(["HEAD"]) : methods
    }

    /// All of them, such as `GET /api/v1/jobsets/{jobset}`.
    var all: [String] { routes.withLock { $0.map { "\($0.method) /\($0.path.joined(separator: "/"))" }.sorted() } }

    private static func parts(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }

    private static func matches(_ route: [String], _ path: [String]) -> Bool {
        if route.last == "**" { return path.starts(with: route.dropLast()) { $0 == $1 } }
        return route.count == path.count && zip(route, path).allSatisfy { $0.hasPrefix("{") || $0 == "*" || $0 == $1 }
    }
}
