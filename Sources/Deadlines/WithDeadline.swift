// SPDX-License-Identifier: Apache-2.0

/// Does something unless `end` returns first.
///
/// Whichever comes second is cancelled, and waited for until it has ended.
///
/// - Returns: nil when `end` was first.
/// - Throws: What whichever comes first throws; `CancellationError` if the calling task is cancelled.
package func withInterruption<Value: Sendable>(
    by end: @escaping @Sendable () async throws -> Void,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await end()
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
}

/// Does something that may take no longer than until `end`.
///
/// - Returns: nil when time was up first.
package func withDeadline<Value: Sendable>(
    until end: ContinuousClock.Instant,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    try await withInterruption(by: { try await Task.sleep(until: end, clock: .continuous) }, body)
}

/// Does something that may take no longer than `limit`.
///
/// - Returns: nil when time was up first.
package func withDeadline<Value: Sendable>(
    _ limit: Duration,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    try await withDeadline(until: .now + limit, body)
}
