// SPDX-License-Identifier: Apache-2.0

import Hummingbird

/// SQUAD's addresses, for those who come from there: thin, over the same documents, tokens and store as the API.
struct SQUADRoutes {
    let gateway: GatewayParts

    func add(to router: Router<GatewayContext>) {
        let group = router.group("api").add(middleware: SQUADErrorMiddleware())
        SQUADSubmissionRoutes(gateway: gateway).add(to: group)
        SQUADResultRoutes(gateway: gateway).add(to: group)
        SQUADListRoutes(gateway: gateway).add(to: group)
        SQUADBuildRoutes(gateway: gateway).add(to: group)
        SQUADTestJobRoutes(gateway: gateway).add(to: group)
        SQUADCallbackRoutes(gateway: gateway).add(to: group)
        SQUADNameRoutes(gateway: gateway).add(to: group)
        SQUADTestRoutes(gateway: gateway).add(to: group)
        SQUADTestRunRoutes(gateway: gateway).add(to: group)
        SQUADReportRoutes(gateway: gateway).add(to: group)
        SQUADPageRoutes(gateway: gateway).add(to: router)
    }
}
