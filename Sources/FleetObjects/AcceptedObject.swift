// SPDX-License-Identifier: Apache-2.0

import Fleet
public import Foundation

/// An accepted jobset in JSON, for `submit` without `--wait`.
public struct AcceptedObject: Codable, Sendable, Equatable {
    /// The jobset.
    public let id: String
    /// How many jobs it has.
    public let total: Int
    /// True where ingest has not answered yet: the document is safe in its queue.
    public let isQueued: Bool?

    /// A jobset that was accepted.
    public init(id: UUID, total: Int, isQueued: Bool = false) {
        self.id = id.text
        self.total = total
        self.isQueued = isQueued ? true : nil
    }
}
