// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import FleetStore
import Logging
import ServiceLifecycle

/// Learns which tokens are good, so that a flood of bad ones from an address does not touch a good one that was never
/// used here. One that is revoked is forgotten when it is used next.
struct TokenRefresh: Service {
    let store: FleetStore
    let known: KnownTokens
    /// How often it looks for new ones.
    let interval: Duration
    let logger: Logger

    /// How far a look goes back before the last: longer than it takes to make a token.
    private static let overlap = Duration.seconds(60)

    func run() async throws {
        var last: ContinuousClock.Instant?
        await repeatUntilShutdown(every: interval, logger: logger, "the look for new tokens") {
            let now = ContinuousClock.now
            let age = last.map { now - $0 + Self.overlap }
            for (hash, id) in try await store.goodTokens(youngerThan: age, limit: KnownTokens.maximum) {
                known.add(hash, id)
            }
            last = now
        }
    }
}
