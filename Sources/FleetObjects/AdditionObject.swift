// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore

/// What an addition did, in JSON.
public struct AdditionObject: Encodable, Sendable {
    let id: String
    let added: Int
    let inBefore: Int
    let total: Int
    let declaredTotal: Int?
    let isSealed: Bool

    /// A jobset after an addition, and how many jobs it brought and how many were there.
    public init(_ status: JobsetStatus, added: Int, skipped: Int) {
        id = status.id.text
        self.added = added
        inBefore = skipped
        total = status.total
        declaredTotal = status.declaredTotal
        isSealed = status.isSealed
    }
}
