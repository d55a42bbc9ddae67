// SPDX-License-Identifier: Apache-2.0

import Fleet
public import Foundation

/// A delivery that is made again, in JSON.
public struct RedeliveredObject: Codable, Sendable, Equatable {
    /// The delivery.
    public let id: String

    /// The delivery of that id.
    public init(_ id: UUID) { self.id = id.text }
}
