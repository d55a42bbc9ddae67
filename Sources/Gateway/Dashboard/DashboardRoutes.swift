// SPDX-License-Identifier: Apache-2.0

import Dashboard
import HTTPTypes
import Hummingbird
import NIOCore

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
        ComparisonPageRoutes(gateway: gateway).add(to: pages)
        JobsetFormRoutes(gateway: gateway).add(to: pages)
        KnownIssueFormRoutes(gateway: gateway).add(to: pages)
        WebhookPageRoutes(gateway: gateway).add(to: pages)
        BackendPageRoutes(gateway: gateway).add(to: pages)
        OperationsRoutes(gateway: gateway).add(to: pages)
        OperatorListRoutes(gateway: gateway).add(to: pages)
    }
}

/// The stylesheet, the script and the icon.
enum AssetRoutes {
    static func add(to group: RouterGroup<GatewayContext>) {
        for asset in DashboardAsset.all {
            group.get(RouterPath(asset.path)) { request, _ in answer(asset, to: request) }
        }
    }

    private static func answer(_ asset: DashboardAsset, to request: Request) -> Response {
        // The address is of these very bytes, and so names them as well as any digest.
        let tag = "\"\(asset.path)\""
        let headers: HTTPFields = [
            .contentType: asset.contentType, .cacheControl: "public, max-age=31536000, immutable", .eTag: tag,
        ]
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes))
        )
    }
}
