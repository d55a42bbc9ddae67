// SPDX-License-Identifier: Apache-2.0

public import struct Foundation.UUID

/// A jobset whose counter has just reached zero; its deliveries exist.
public struct FinishedJobset: Sendable, Hashable {
    /// The jobset.
    public let id: UUID
    /// Which of its lives has ended.
    public let generation: Int

    /// That end of the jobset `id`.
    public init(id: UUID, generation: Int) {
        self.id = id
        self.generation = generation
    }
}
