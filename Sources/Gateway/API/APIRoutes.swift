// SPDX-License-Identifier: Apache-2.0

import Hummingbird

/// `/api/v1`.
struct APIRoutes {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        SubmissionRoutes(gateway: gateway).add(to: group)
        JobsetRoutes(gateway: gateway).add(to: group)
    }
}
