// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Bounds the memory of the results that a watcher has fetched and not yet stored, over all labs.
///
/// Nobody waits for room while holding some: who finds none gives back what it has, and fetches again later. One lab
/// takes at most half, so that one with huge answers leaves room for the others.
final class ResultsInHand: Sendable {
    private let maximum: Int
    private let maximumOfOneLab: Int
    private let held = Mutex<[String: Int]>([:])

    /// - Parameter maximum: In bytes.
    init(maximum: Int, labs: Int) {
        self.maximum = maximum
        maximumOfOneLab = labs > 1 ? maximum / 2 : maximum
    }

    /// How much is held, in bytes.
    var total: Int { held.withLock { $0.values.reduce(0, +) } }

    /// A share of a lab's, empty at first; it is given back when nobody has it any more.
    func share(of lab: String) -> Share { Share(all: self, lab: lab) }

    private func take(_ bytes: Int, of lab: String) -> Bool {
        held.withLock { held in
            let own = held[lab, default: 0]
            guard own + bytes <= maximumOfOneLab, held.values.reduce(0, +) + bytes <= maximum else { return false }
            held[lab] = own + bytes
            return true
        }
    }

    private func give(_ bytes: Int, of lab: String) {
        held.withLock { $0[lab, default: 0] -= bytes }
    }

    /// What the fetch of one lab job holds.
    final class Share: Sendable {
        private let all: ResultsInHand
        private let lab: String
        private let bytes = Mutex(0)

        fileprivate init(all: ResultsInHand, lab: String) {
            self.all = all
            self.lab = lab
        }

        /// Takes more.
        ///
        /// - Throws: ``NoRoom``.
        func take(_ more: Int) throws(NoRoom) {
            guard all.take(more, of: lab) else { throw NoRoom() }
            bytes.withLock { $0 += more }
        }

        /// Gives some back.
        func give(_ some: Int) {
            bytes.withLock { $0 -= some }
            all.give(some, of: lab)
        }

        deinit { all.give(bytes.withLock { $0 }, of: lab) }
    }

    /// Others hold too much at present.
    struct NoRoom: Error {}
}
