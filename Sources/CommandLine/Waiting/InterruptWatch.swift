// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc

/// Lets a person stop a wait with ^C: the wait is cancelled in order, and a second ^C ends the program at once.
enum InterruptWatch {
    /// Runs `body`; when SIGINT comes first, throws what `onInterrupt` says.
    static func run<Result: Sendable>(
        onInterrupt: CommandFailure,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let (interrupts, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            signal(SIGINT, SIG_DFL)
            continuation.yield()
        }
        source.resume()
        defer {
            source.cancel()
            signal(SIGINT, SIG_DFL)
        }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in interrupts { return nil }
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else { throw onInterrupt }
            return result
        }
    }
}
