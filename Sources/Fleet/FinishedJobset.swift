// SPDX-License-Identifier: Apache-2.0

package import struct Foundation.UUID

/// A jobset whose counter has just reached zero; its deliveries exist.
package struct FinishedJobset: Sendable, Hashable {
    package let id: UUID
    /// Which of its lives has ended.
    package let generation: Int

    /// That end of the jobset `id`.
    package init(id: UUID, generation: Int) {
        self.id = id
        self.generation = generation
    }
}
