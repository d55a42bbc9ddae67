// SPDX-License-Identifier: Apache-2.0

public import FleetQueues

/// The oldest dead letters, in JSON.
public struct DeadLetterListObject: Codable, Sendable, Equatable {
    /// Them.
    public let items: [DeadLetterObject]
    /// How many there are, listed or not.
    public let total: Int

    /// The letters as they lie in their queue, of so many.
    public init(_ letters: [DeadLetter], total: Int) {
        items = letters.map(DeadLetterObject.init)
        self.total = max(total, letters.count)
    }
}
