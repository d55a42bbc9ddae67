// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation

/// A delivery that is made again, in JSON.
package struct RedeliveredObject: Codable, Sendable, Equatable {
    package let id: String

    /// The delivery of that id.
    package init(_ id: UUID) { self.id = id.text }
}
