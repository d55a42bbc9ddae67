// SPDX-License-Identifier: Apache-2.0

import Hummingbird

/// `/api/v1`.
struct APIRoutes {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        SubmissionRoutes(gateway: gateway).add(to: group)
        JobsetListRoute(gateway: gateway).add(to: group)
        JobsetRoutes(gateway: gateway).add(to: group)
        JobRoutes(gateway: gateway).add(to: group)
        AdditionRoutes(gateway: gateway).add(to: group)
        ActionRoutes(gateway: gateway).add(to: group)
        ResultRoutes(gateway: gateway).add(to: group)
        ReportedResultRoute(gateway: gateway).add(to: group)
        ReportRoutes(gateway: gateway).add(to: group)
        DeliveryRoutes(gateway: gateway).add(to: group)
        BackendRoutes(gateway: gateway).add(to: group)
        RejectedRoutes(gateway: gateway).add(to: group)
        DeadLetterRoutes(gateway: gateway).add(to: group)
        TokenRoutes(gateway: gateway).add(to: group)
        AuditRoutes(gateway: gateway).add(to: group)
        CallerRoute(gateway: gateway).add(to: group)
        EventRoutes(gateway: gateway).add(to: group)
        DescriptionRoutes(gateway: gateway).add(to: group)
    }
}
