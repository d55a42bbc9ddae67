// SPDX-License-Identifier: Apache-2.0

import Hummingbird

/// `/api/v1`.
struct APIRoutes {
    let gateway: GatewayParts

    /// Adds all routes; the API's own description tells of those that `operations` has then.
    func add(to router: Router<GatewayContext>, operations: APIOperations = APIOperations()) {
        let api = APIGroup(group: router.group(RouterPath(APIGroup.root)), operations: operations)
        SubmissionRoutes(gateway: gateway).add(to: api)
        JobsetListRoute(gateway: gateway).add(to: api)
        JobsetRoutes(gateway: gateway).add(to: api)
        JobRoutes(gateway: gateway).add(to: api)
        AdditionRoutes(gateway: gateway).add(to: api)
        ActionRoutes(gateway: gateway).add(to: api)
        BulkRoutes(gateway: gateway).add(to: api)
        ResultRoutes(gateway: gateway).add(to: api)
        ReportRoutes(gateway: gateway).add(to: api)
        ArchiveRoute(gateway: gateway).add(to: api)
        DeliveryRoutes(gateway: gateway).add(to: api)
        BackendRoutes(gateway: gateway).add(to: api)
        RejectedRoutes(gateway: gateway).add(to: api)
        DeadLetterRoutes(gateway: gateway).add(to: api)
        KnownIssueRoutes(gateway: gateway).add(to: api)
        TestHistoryRoute(gateway: gateway).add(to: api)
        WebhookRoutes(gateway: gateway).add(to: api)
        TokenRoutes(gateway: gateway).add(to: api)
        TokenExchangeRoute(gateway: gateway).add(to: api)
        AuditRoutes(gateway: gateway).add(to: api)
        CallerRoute(gateway: gateway).add(to: api)
        EventRoutes(gateway: gateway).add(to: api)
        DescriptionRoutes(gateway: gateway, operations: operations).add(to: api)
        ReportedResultRoute(gateway: gateway).add(to: api)
    }
}
