// SPDX-License-Identifier: Apache-2.0

package import FleetStore
package import Foundation

/// What a lab made of an attempt beside its lab jobs, in JSON.
package struct SurplusLabJobObject: Codable, Sendable, Equatable {
    /// Its number in the lab.
    package let number: Int
    /// What the lab calls it, where that is not its number.
    package let subId: String?
    /// The lab's page.
    package let url: String?
    /// Whether the lab is still being told to cancel it.
    package let canceling: Bool
    /// How the lab says it went.
    package let health: String?
    /// When it was found.
    package let foundAt: Date
    /// When it was known to have ended.
    package let endedAt: Date?

    /// A surplus lab job of `backend`.
    package init(_ labJob: SurplusLabJobStatus, of backend: String, labs: LabAddresses) {
        number = labJob.number
        subId = labJob.subID
        url = labs.link(to: labJob.number, of: backend)
        canceling = labJob.isCanceling
        health = labJob.health
        foundAt = labJob.foundAt
        endedAt = labJob.endedAt
    }

    /// Where it stands, for people.
    package var standing: String { health ?? (canceling ? "being canceled" : "not canceled by the lab") }
}
