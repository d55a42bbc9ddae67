// SPDX-License-Identifier: Apache-2.0

import Logging
import ServiceLifecycle

/// Tells the service manager that the worker has started, and that it is alive for as long as its loops turn.
///
/// It is the first of a worker's services and so the last that stops: a worker that takes long to stop is not taken for a
/// dead one.
struct Watchdog: Service {
    let manager: ServiceManager
    let liveness: Liveness
    let logger: Logger

    /// How often the loops are looked at when the manager has no watchdog.
    private static let usualPause: Duration = .seconds(30)

    func run() async throws {
        manager.tell(.ready, .status("running"))
        // Four times within the limit, so that one late turn is not taken for the end.
        let pause = manager.watchdogTimeout.map { min($0 / 4, Self.usualPause) } ?? Self.usualPause
        var stuck: [String] = []
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            stuck = look(known: stuck)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
        }
    }

    /// Says that the worker is alive, unless loops are stuck, and what has changed since the last look.
    ///
    /// - Returns: the loops that are stuck.
    func look(known: [String]) -> [String] {
        let stuck = liveness.stuck
        if stuck.isEmpty { manager.tell(.watchdog) }
        guard stuck != known else { return stuck }
        let names = stuck.joined(separator: ", ")
        if stuck.isEmpty {
            manager.tell(.status("running"))
            logger.notice("all loops turn again")
        } else {
            manager.tell(.status("stuck: \(names)"))
            logger.error("loops are stuck", [.what: "\(names)"])
        }
        return stuck
    }
}
