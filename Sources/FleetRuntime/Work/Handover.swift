// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Something large on its way to where it is worked on. Whoever takes it has the only one, and it is gone as soon as that
/// one is done with it.
package final class Handover<Value: Sendable>: Sendable {
    private let value: Mutex<Value?>

    /// Hands `value` over.
    package init(_ value: consuming Value) { self.value = Mutex(value) }

    /// The value, for the first who asks.
    package func take() -> Value? {
        value.withLock { value in
            defer { value = nil }
            return value
        }
    }
}
