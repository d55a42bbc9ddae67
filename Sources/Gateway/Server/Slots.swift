// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// So many of something at once, and not more.
final class Slots: Sendable {
    /// One of them; it is given back when nobody holds it any more.
    final class Slot: Sendable {
        private let slots: Slots

        fileprivate init(_ slots: Slots) { self.slots = slots }

        deinit { slots.taken.withLock { $0 -= 1 } }
    }

    private let maximum: Int
    private let taken = Mutex(0)

    init(_ maximum: Int) { self.maximum = maximum }

    /// One, if one is free.
    func take() -> Slot? {
        let isFree = taken.withLock { taken in
            guard taken < maximum else { return false }
            taken += 1
            return true
        }
        return isFree ? Slot(self) : nil
    }

    /// How many are taken.
    var count: Int { taken.withLock { $0 } }
}
