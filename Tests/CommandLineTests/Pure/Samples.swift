// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

@testable import FleetStore

/// Values as the store would give them.
enum Samples {
    static let id = UUID(uuid: (0x6F, 0x1C, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 0x2A))
    static let created = Date(timeIntervalSince1970: 1_795_000_000)

    static func jobset(
        state: JobsetState = .running,
        verdict: Verdict? = nil,
        total: Int = 6,
        pending: Int = 2,
        waiting: Int = 1,
        inLab: Int = 1,
        outcomes: [String: Int] = ["complete": 3, "rejected": 1],
        tests: TestCounts = TestCounts(pass: 76, fail: 2, skip: 4, unknown: 0),
        callbackURL: String? = "https://ci.example.com/done?token=hunter2",
        finishedAt: Date? = nil
    ) -> JobsetStatus {
        JobsetStatus(
            id: id,
            build: "/kernel/next/next-20261123",
            state: state,
            verdict: verdict,
            generation: 1,
            total: total,
            pending: pending,
            waiting: waiting,
            inLab: inLab,
            outcomes: outcomes,
            tests: tests,
            callbackURL: callbackURL,
            labels: ["purpose": "demo"],
            createdAt: created,
            finishedAt: finishedAt
        )
    }

    static func job(reason: String? = "No such device type", outcome: JobOutcome? = .rejected) -> JobStatus {
        JobStatus(
            id: 7,
            position: 5,
            environment: "board",
            backend: "lab-b",
            state: outcome == nil ? .submitted : .finished,
            outcome: outcome,
            reason: reason,
            tests: TestCounts(pass: 1, fail: 2, skip: 3, unknown: 4),
            attempts: 1,
            labJobs: [
                LabJobStatus(
                    number: 39,
                    subID: "39.0",
                    health: "Complete",
                    device: "board-1",
                    submitTime: created,
                    startTime: nil,
                    endTime: nil
                )
            ],
            createdAt: created,
            finishedAt: created
        )
    }
}
