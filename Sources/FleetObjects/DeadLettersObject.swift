// SPDX-License-Identifier: Apache-2.0

package import FleetQueues

/// What became of dead letters, in JSON.
package struct DeadLettersObject: Codable, Sendable, Equatable {
    /// Those that are gone from the queue.
    package let items: [DeadLetterObject]
    /// Those that stay, because no queue of this fleet is known to be theirs.
    package let left: [DeadLetterObject]
    /// The keys that no message has.
    package let unknown: [String]

    /// What became of those that were asked for.
    package init(_ done: [DeadLetter], left: [DeadLetter], asked: DeadLetters.Selection) {
        items = done.map(DeadLetterObject.init)
        self.left = left.map(DeadLetterObject.init)
        let found = Set((done + left).map(\.key))
        unknown =
            switch asked {
            case .keys(let keys): keys.subtracting(found).sorted()
            case .all: []
            }
    }
}
