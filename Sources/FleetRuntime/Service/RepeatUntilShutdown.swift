// SPDX-License-Identifier: Apache-2.0

package import Logging
import ServiceLifecycle

/// Does something again and again until the worker is told to stop or the task is cancelled. What it throws is logged once until it passes,
/// and the next turn comes as usual: a database or a lab that is away comes back.
///
/// - Parameters:
///   - pause: Between the end of one turn and the begin of the next; a tenth more or less, so that several workers
///     don't go in step.
///   - what: What is done, for the log.
package func repeatUntilShutdown(
    every pause: Duration,
    logger: Logger,
    _ what: String,
    _ turn: () async throws -> Void
) async {
    await Liveness.ofProcess.watching(what, limit: pause * 2 + Liveness.turnLimit) { mark in
        var lastError: String?
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            mark.turn()
            do {
                try await turn()
                if lastError != nil { logger.notice("works again", [.what: "\(what)"]) }
                lastError = nil
            } catch {
                // Who is told to stop has not failed.
                guard !Task.isCancelled else { return }
                let text = "\(error)"
                if text != lastError {
                    logger.warning("failed, trying again", [.what: "\(what)", .error: "\(text)"])
                }
                lastError = text
            }
            // A turn is never cut short by a shutdown, only the pause after it is.
            try? await cancelWhenGracefulShutdown {
                try await Task.sleep(for: pause * Double.random(in: 0.9...1.1))
            }
        }
    }
}

extension Duration {
    /// In seconds.
    package var timeInterval: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}

/// Does `body`, and `beat` again and again as long as that takes, the first time after `pause`.
package func withPulse<Value: Sendable>(
    every pause: Duration,
    _ beat: @escaping @Sendable () async -> Void,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            while true {
                try await Task.sleep(for: pause)
                await beat()
            }
        }
        defer { group.cancelAll() }
        while let value = try await group.next() {
            if let value { return value }
        }
        throw CancellationError()
    }
}
