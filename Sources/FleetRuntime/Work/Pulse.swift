// SPDX-License-Identifier: Apache-2.0

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
