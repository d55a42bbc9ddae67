// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Hummingbird

/// The API's own description.
struct DescriptionRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("openapi.json", use: description)
    }

    private func description(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        return .entity(
            try GatewayJSON.encodeAsIs(try OpenAPIDocument.make(server: gateway.limits.publicURL)),
            type: "application/json",
            for: request
        )
    }
}
