// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A document that was refused, kept to be looked at.
package struct RejectedDocument: Sendable, Codable, Equatable {
    /// Its number in the list.
    package let id: Int
    /// The message's id, as the publisher gave it.
    package let messageID: String?
    /// When it came first.
    package let receivedAt: Date
    /// How often the very same came.
    package let times: Int
    /// How long it was, in bytes.
    package let bodyBytes: Int
    /// Everything that is wrong with it.
    package let problem: Problem
}
