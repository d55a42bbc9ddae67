// SPDX-License-Identifier: Apache-2.0

import FleetOperations
import Hummingbird
import NIOCore

/// A request's surroundings: the connection it came by, and who makes it.
struct GatewayContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Who makes the request; nobody until ``CallerMiddleware`` has looked.
    var caller = Caller.anonymous(publicProjects: [])
    /// Where it comes from, as far as that is known.
    var address: String?
    /// What it has had written down in the audit.
    let trail = AuditTrail()
    /// The bytes that it holds; nothing until ``BodyBudgetMiddleware`` has opened an account.
    var holding: ByteBudget.Holding?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}
