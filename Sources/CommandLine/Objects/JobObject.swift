// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation

/// A job in JSON.
struct JobObject: Encodable {
    /// What the lab made of its last attempt.
    struct LabJob: Encodable {
        let number: Int
        let subId: String?
        let url: String?
        let health: String?
        let device: String?
        let submitTime: Date?
        let startTime: Date?
        let endTime: Date?
    }

    let id: Int
    let position: Int
    let environment: String
    let backend: String
    let state: JobState
    let outcome: JobOutcome?
    let reason: String?
    let tests: TestCounts
    let attempts: Int
    let labJobs: [LabJob]
    let createdAt: Date
    let finishedAt: Date?

    init(_ job: JobStatus, labs: LabAddresses) {
        id = job.id
        position = job.position
        environment = job.environment
        backend = job.backend
        state = job.state
        outcome = job.outcome
        reason = job.reason
        tests = job.tests
        attempts = job.attempts
        labJobs = job.labJobs.map { lab in
            LabJob(
                number: lab.number,
                subId: lab.subID,
                url: labs.link(to: lab.number, of: job.backend),
                health: lab.health,
                device: lab.device,
                submitTime: lab.submitTime,
                startTime: lab.startTime,
                endTime: lab.endTime
            )
        }
        createdAt = job.createdAt
        finishedAt = job.finishedAt
    }
}
