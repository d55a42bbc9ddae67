// SPDX-License-Identifier: Apache-2.0

import Hummingbird

/// The dashboard: pages for people, below `/`.
struct DashboardRoutes {
    let gateway: GatewayParts

    func add(to router: Router<GatewayContext>) {
        AssetRoutes.add(to: router.group())
        let pages = router.group()
        pages.addMiddleware { PageErrorMiddleware(gateway: gateway) }
        SessionRoutes(gateway: gateway).add(to: pages)
        IdentityRoutes(gateway: gateway).add(to: pages)
        OverviewRoutes(gateway: gateway).add(to: pages)
        BulkPageRoutes(gateway: gateway).add(to: pages)
        JobsetPageRoutes(gateway: gateway).add(to: pages)
        JobsetFormRoutes(gateway: gateway).add(to: pages)
        KnownIssueFormRoutes(gateway: gateway).add(to: pages)
        WebhookPageRoutes(gateway: gateway).add(to: pages)
        BackendPageRoutes(gateway: gateway).add(to: pages)
        OperationsRoutes(gateway: gateway).add(to: pages)
    }
}
