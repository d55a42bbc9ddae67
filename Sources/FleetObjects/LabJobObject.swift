// SPDX-License-Identifier: Apache-2.0

package import FleetStore
package import Foundation

/// What a lab made of an attempt, in JSON.
package struct LabJobObject: Codable, Sendable, Equatable {
    /// Its number in the lab.
    package let number: Int
    /// What the lab calls it, where that is not its number.
    package let subId: String?
    /// Its part in a multinode job.
    package let role: String?
    /// The lab's page.
    package let url: String?
    /// Where the lab says it is.
    package let labState: String?
    /// How the lab says it went.
    package let health: String?
    /// The device that ran it.
    package let device: String?
    /// When the lab took it.
    package let submitTime: Date?
    package let startTime: Date?
    package let endTime: Date?
    /// What kind of error ended it.
    package let errorType: String?
    /// What that error says.
    package let errorMessage: String?
    /// How many results were more than are kept.
    package let resultsLeftOut: Int?

    /// A lab job of `backend`.
    package init(_ labJob: LabJobStatus, of backend: String, labs: LabAddresses) {
        number = labJob.number
        subId = labJob.subID
        role = labJob.role
        url = labJob.url ?? labs.link(to: labJob.number, of: backend)
        labState = labJob.labState
        health = labJob.health
        device = labJob.device
        submitTime = labJob.submitTime
        startTime = labJob.startTime
        endTime = labJob.endTime
        errorType = labJob.errorType
        errorMessage = labJob.errorMessage
        resultsLeftOut = labJob.resultsLeftOut == 0 ? nil : labJob.resultsLeftOut
    }
}
