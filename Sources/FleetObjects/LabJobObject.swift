// SPDX-License-Identifier: Apache-2.0

public import FleetStore
import Foundation

/// What a lab made of an attempt, in JSON.
public struct LabJobObject: Encodable, Sendable {
    let number: Int
    let subId: String?
    let role: String?
    let url: String?
    let labState: String?
    let health: String?
    let device: String?
    let submitTime: Date?
    let startTime: Date?
    let endTime: Date?
    let errorType: String?
    let errorMessage: String?
    let resultsLeftOut: Int?

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
