// SPDX-License-Identifier: Apache-2.0

public import FleetStore
public import Foundation

/// What a lab made of an attempt beside its lab jobs, in JSON.
public struct SurplusLabJobObject: Codable, Sendable, Equatable {
    /// Its number in the lab.
    public let number: Int
    /// What the lab calls it, where that is not its number.
    public let subId: String?
    /// The lab's page.
    public let url: String?
    /// Whether the lab is still being told to cancel it.
    public let canceling: Bool
    /// How the lab says it went.
    public let health: String?
    /// When it was found.
    public let foundAt: Date
    /// When it was known to have ended.
    public let endedAt: Date?

    /// A surplus lab job of `backend`.
    public init(_ labJob: SurplusLabJobStatus, of backend: String, labs: LabAddresses) {
        number = labJob.number
        subId = labJob.subID
        url = labs.link(to: labJob.number, of: backend)
        canceling = labJob.isCanceling
        health = labJob.health
        foundAt = labJob.foundAt
        endedAt = labJob.endedAt
    }

    /// Where it stands, for people.
    public var standing: String { health ?? (canceling ? "being canceled" : "not canceled by the lab") }
}
