// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import FleetStore
public import Foundation

/// A refused document in JSON.
public struct RejectedObject: Codable, Sendable, Equatable {
    /// Counts up.
    public let id: Int
    /// The id that its sender gave it.
    public let messageId: String?
    /// When it last came.
    public let receivedAt: Date
    /// How often it came.
    public let times: Int
    /// How long it is.
    public let bodyBytes: Int
    /// What is wrong with it.
    public let problem: Problem

    /// A document as it is kept.
    public init(_ document: RejectedDocument) {
        id = document.id
        messageId = document.messageID
        receivedAt = document.receivedAt
        times = document.times
        bodyBytes = document.bodyBytes
        problem = document.problem
    }
}
