// SPDX-License-Identifier: Apache-2.0

/// Something that must hold for a worker to be ready.
public struct HealthCheck: Sendable {
    /// What is checked, for example `database`.
    public let name: String
    /// Returns when it holds, throws when it doesn't. It is given a few seconds.
    public let check: @Sendable () async throws -> Void

    /// A check called `name`.
    public init(_ name: String, _ check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.check = check
    }
}
