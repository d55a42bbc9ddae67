// SPDX-License-Identifier: Apache-2.0

/// Something that must hold for a worker to be ready.
package struct HealthCheck: Sendable {
    /// What is checked, for example `database`.
    package let name: String
    /// Returns when it holds, throws when it doesn't. It is given a few seconds.
    package let check: @Sendable () async throws -> Void

    /// A check called `name`.
    package init(_ name: String, _ check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.check = check
    }
}
