// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation

/// An accepted jobset in JSON, for `submit` without `--wait`.
package struct AcceptedObject: Codable, Sendable, Equatable {
    package let id: String
    /// How many jobs it has.
    package let total: Int
    /// True where ingest has not answered yet: the document is safe in its queue.
    package let isQueued: Bool?

    /// A jobset that was accepted.
    package init(id: UUID, total: Int, isQueued: Bool = false) {
        self.id = id.text
        self.total = total
        self.isQueued = isQueued ? true : nil
    }
}
