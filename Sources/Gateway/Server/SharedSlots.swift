// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// So many of something at once, and of these so many for each that asks: nobody can take them all.
final class SharedSlots: Sendable {
    /// One of them; it is given back when nobody holds it any more.
    final class Slot: Sendable {
        private let slots: SharedSlots
        private let holder: String

        fileprivate init(_ slots: SharedSlots, _ holder: String) { (self.slots, self.holder) = (slots, holder) }

        deinit { slots.giveBack(holder) }
    }

    private let maximum: Int
    private let share: Int
    private let taken = Mutex<(all: Int, of: [String: Int])>((0, [:]))

    init(_ maximum: Int, each share: Int) { (self.maximum, self.share) = (maximum, share) }

    /// One for this holder, if one is free and it has not had its share.
    func take(for holder: String) -> Slot? {
        let isFree = taken.withLock { taken in
            guard taken.all < maximum, taken.of[holder, default: 0] < share else { return false }
            taken.all += 1
            taken.of[holder, default: 0] += 1
            return true
        }
        return isFree ? Slot(self, holder) : nil
    }

    private func giveBack(_ holder: String) {
        taken.withLock { taken in
            taken.all -= 1
            let left = taken.of[holder, default: 1] - 1
            taken.of[holder] = left > 0 ? left : nil
        }
    }

    /// How many are taken.
    var count: Int { taken.withLock { $0.all } }
}
