// SPDX-License-Identifier: Apache-2.0

/// How much one rendering may still write: a template comes from whoever publishes jobsets.
final class RenderBudget {
    private var left: Int
    private let turn: Int

    /// Whether it was not enough.
    private(set) var isSpent = false

    /// A budget of `bytes`, of which each turn of a section takes `turn`.
    init(bytes: Int, turn: Int) {
        self.left = bytes
        self.turn = max(1, turn)
    }

    /// Whether another turn of a section may be written.
    func takeTurn() -> Bool { take(turn) }

    /// Whether so many bytes may be written.
    func take(_ bytes: Int) -> Bool {
        guard left >= bytes else {
            left = 0
            isSpent = true
            return false
        }
        left -= bytes
        return true
    }
}
