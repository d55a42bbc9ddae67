// SPDX-License-Identifier: Apache-2.0

import Fleet
public import Foundation

/// An accepted jobset in JSON, for `submit` without `--wait`.
public struct AcceptedObject: Encodable, Sendable {
    let id: String
    let total: Int

    /// A jobset that was accepted.
    public init(id: UUID, total: Int) {
        self.id = id.text
        self.total = total
    }
}
