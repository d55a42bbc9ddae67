// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Hummingbird

/// Who a client is to the gateway: what its token lets it do.
struct CallerRoute: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("caller", .getCaller, use: caller)
    }

    private func caller(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        return try .entity(CallerIdentity(context.caller), for: request)
    }
}

extension CallerIdentity {
    /// A caller as the gateway knows it.
    init(_ caller: Caller) {
        self.init(
            version: MusterVersion.current,
            commit: MusterVersion.commit,
            name: caller.tokenName,
            projects: caller.projects,
            abilities: caller.abilities
        )
    }
}

extension APIOperation {
    fileprivate static let getCaller = APIOperation(
        id: "getCaller",
        summary: "The name of your token, and what it allows",
        answers: one("Caller", "The projects and abilities of the token")
    )
}
