// SPDX-License-Identifier: Apache-2.0

import AMQP
import FleetRuntime

/// How long ago the last turn of a loop on the broker may be: a beat of the heart, or a whole try to connect and the pause
/// after it, and then a good while more.
extension AMQPConfiguration {
    var turnLimit: Duration {
        heartbeat + connectTimeout + handshakeTimeout + maximumReconnectDelay + .seconds(120)
    }
}

extension AMQPConsumer {
    /// Runs it, watched by `Liveness`.
    func runWatched(_ name: String, limit: Duration) async throws {
        try await Liveness.ofProcess.watching(name, limit: limit, lastTurn: { self.lastTurn }) { try await run() }
    }
}

extension AMQPPublisher {
    /// Runs it, watched by `Liveness`.
    func runWatched(_ name: String, limit: Duration) async throws {
        try await Liveness.ofProcess.watching(name, limit: limit, lastTurn: { self.lastTurn }) { try await run() }
    }
}
