// SPDX-License-Identifier: Apache-2.0

package import FleetQueues

/// The oldest dead letters, in JSON.
package struct DeadLetterListObject: Codable, Sendable, Equatable {
    package let items: [DeadLetterObject]
    /// How many there are, listed or not.
    package let total: Int

    /// The letters as they lie in their queue, of so many.
    package init(_ letters: [DeadLetter], total: Int) {
        items = letters.map(DeadLetterObject.init)
        self.total = max(total, letters.count)
    }
}
