// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Logging
import ServiceLifecycle
import Synchronization

/// Makes the store know the webhooks of the configuration, once, and orders events of progress.
struct WebhookUpkeep: Service {
    let store: FleetStore
    let webhooks: [ConfiguredWebhook]
    let interval: Duration
    let logger: Logger

    func run() async throws {
        let isRegistered = Atomic(false)
        await repeatUntilShutdown(every: interval, logger: logger, "the upkeep of webhooks") {
            if !isRegistered.load(ordering: .relaxed) {
                try await store.registerWebhooks(webhooks)
                isRegistered.store(true, ordering: .relaxed)
            }
            _ = try await store.orderProgress()
        }
    }
}
