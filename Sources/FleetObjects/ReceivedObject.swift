// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation

/// A message by which jobs came into a jobset, in JSON.
package struct ReceivedObject: Codable, Sendable, Equatable {
    /// The message's id, which is its idempotency key.
    package let id: String

    /// The message of that id.
    package init(_ id: UUID) { self.id = id.text }
}
