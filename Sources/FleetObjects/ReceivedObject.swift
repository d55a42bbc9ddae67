// SPDX-License-Identifier: Apache-2.0

import Fleet
public import Foundation

/// A message by which jobs came into a jobset, in JSON.
public struct ReceivedObject: Codable, Sendable, Equatable {
    /// The message's id, which is its idempotency key.
    public let id: String

    /// The message of that id.
    public init(_ id: UUID) { self.id = id.text }
}
