// SPDX-License-Identifier: Apache-2.0

import FleetObjects
import FleetStore
import Hummingbird

/// Who is told of a jobset, and how that goes.
struct DeliveryRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("jobsets/{jobset}/deliveries", use: list)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try QueryReader(request).finish()
        let jobset = try await gateway.readableJobset(context)
        let objects = try await gateway.store.deliveries(of: jobset.id).map { DeliveryObject($0) }
        // There are a few a generation; there is one page.
        return try Page(objects, limit: objects.count) { _ in
            Cursor()
        } item: {
            $0
        }.response(for: request)
    }
}
