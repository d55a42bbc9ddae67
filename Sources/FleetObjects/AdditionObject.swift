// SPDX-License-Identifier: Apache-2.0

/// What an addition did, in JSON.
package struct AdditionObject: Codable, Sendable, Equatable {
    package let id: String
    /// How many jobs came in by this.
    package let added: Int
    /// How many of them were in before.
    package let inBefore: Int
    /// How many jobs it has.
    package let total: Int
    /// How many jobs it was declared to have.
    package let declaredTotal: Int?
    /// Whether nothing is added any more.
    package let isSealed: Bool
    /// True where ingest has not answered yet: the addition is safe in its queue, and not counted in `total`.
    package let isQueued: Bool?

    /// A jobset after an addition, and how many jobs it brought and how many were there.
    package init(_ jobset: JobsetObject, added: Int, skipped: Int, isQueued: Bool = false) {
        id = jobset.id
        self.added = added
        inBefore = skipped
        total = jobset.total
        declaredTotal = jobset.declaredTotal
        isSealed = jobset.isSealed
        self.isQueued = isQueued ? true : nil
    }
}
