// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
package import Foundation

/// A refused document in JSON.
package struct RejectedObject: Codable, Sendable, Equatable {
    package let id: Int
    /// The id that its sender gave it.
    package let messageId: String?
    /// When it last came.
    package let receivedAt: Date
    /// How often it came.
    package let times: Int
    /// How long it is.
    package let bodyBytes: Int
    /// What is wrong with it.
    package let problem: Problem

    /// A document as it is kept.
    package init(_ document: RejectedDocument) {
        id = document.id
        messageId = document.messageID
        receivedAt = document.receivedAt
        times = document.times
        bodyBytes = document.bodyBytes
        problem = document.problem
    }
}
