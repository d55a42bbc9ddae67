// SPDX-License-Identifier: Apache-2.0

import Dashboard
import HTTPTypes
import Hummingbird
import NIOCore

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
