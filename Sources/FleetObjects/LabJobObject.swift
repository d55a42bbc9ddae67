// SPDX-License-Identifier: Apache-2.0

public import FleetStore
public import Foundation

/// What a lab made of an attempt, in JSON.
public struct LabJobObject: Codable, Sendable, Equatable {
    /// Its number in the lab.
    public let number: Int
    /// What the lab calls it, where that is not its number.
    public let subId: String?
    /// Its part in a multinode job.
    public let role: String?
    /// The lab's page.
    public let url: String?
    /// Where the lab says it is.
    public let labState: String?
    /// How the lab says it went.
    public let health: String?
    /// The device that ran it.
    public let device: String?
    /// When the lab took it.
    public let submitTime: Date?
    /// When it began.
    public let startTime: Date?
    /// When it ended.
    public let endTime: Date?
    /// What kind of error ended it.
    public let errorType: String?
    /// What that error says.
    public let errorMessage: String?
    /// How many results were more than are kept.
    public let resultsLeftOut: Int?

    /// A lab job of `backend`.
    public init(_ labJob: LabJobStatus, of backend: String, labs: LabAddresses) {
        number = labJob.number
        subId = labJob.subID
        role = labJob.role
        url = labs.link(to: labJob.number, of: backend)
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
