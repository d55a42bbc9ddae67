// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Hummingbird

/// Who a client is to the gateway: what its token lets it do.
struct CallerRoute: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("caller", use: caller)
    }

    private func caller(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        return try .entity(CallerObject(context.caller), for: request)
    }
}

/// A caller in JSON.
struct CallerObject: Encodable {
    /// The version of the gateway.
    let version: String
    /// What its token is called; missing without one.
    let name: String?
    /// The projects that the token is for; without one those that anybody may read.
    let projects: [String]
    /// What it may do there.
    let abilities: [String]

    init(_ caller: Caller) {
        version = MusterVersion.current
        name = caller.tokenName
        projects = caller.projects.map(\.description)
        abilities = Ability.allCases.filter(caller.abilities.contains).map(\.rawValue)
    }
}
