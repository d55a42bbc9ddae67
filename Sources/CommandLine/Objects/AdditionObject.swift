// SPDX-License-Identifier: Apache-2.0

import FleetStore

/// What an addition did, in JSON.
struct AdditionObject: Encodable {
    let id: String
    let added: Int
    let inBefore: Int
    let total: Int
    let declaredTotal: Int?
    let isSealed: Bool

    init(_ status: JobsetStatus, added: Int, skipped: Int) {
        id = status.id.text
        self.added = added
        inBefore = skipped
        total = status.total
        declaredTotal = status.declaredTotal
        isSealed = status.isSealed
    }
}
