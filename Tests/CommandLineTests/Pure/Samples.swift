// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import Fleet

/// Values as the store would give them.
enum Samples {
    static let id = UUID(uuid: (0x6F, 0x1C, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 0x2A))
    static let created = Date(timeIntervalSince1970: 1_795_000_000)

    /// Where the one lab of them is.
    static let labs = LabAddresses(["lab-b": "http://127.0.0.1:1"])

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
        priority: Int = 50,
        isSealed: Bool = true,
        sealedReason: String? = nil,
        declaredTotal: Int? = nil,
        failures: Int = 0,
        maxFailures: FailureLimit? = nil,
        deadline: Date? = nil,
        deadlinePassedAt: Date? = nil,
        generation: Int = 1,
        finishedAt: Date? = nil
    ) -> Jobset {
        Jobset(
            id: id,
            build: "/kernel/next/next-20261123",
            state: state,
            verdict: verdict,
            generation: generation,
            total: total,
            pending: pending,
            waiting: waiting,
            inLab: inLab,
            outcomes: outcomes,
            tests: tests,
            callbackURL: callbackURL.map { ReceiverAddress($0) },
            labels: ["purpose": "demo"],
            retries: 0,
            priority: priority,
            baseline: nil,
            isSealed: isSealed,
            sealedReason: sealedReason,
            declaredTotal: declaredTotal,
            failures: failures,
            maxFailures: maxFailures,
            deadline: deadline,
            deadlinePassedAt: deadlinePassedAt,
            canceledAt: nil,
            canceledReason: nil,
            createdAt: created,
            finishedAt: finishedAt
        )
    }

    static func labJob(_ number: Int = 39, role: String? = nil, resultsLeftOut: Int? = nil) -> LabJob {
        LabJob(
            number: number,
            subID: "39.0",
            role: role,
            labState: nil,
            health: "Complete",
            device: "board-1",
            submitTime: created,
            startTime: nil,
            endTime: nil,
            errorType: nil,
            errorMessage: nil,
            resultsLeftOut: resultsLeftOut
        )
    }

    static func attempt(_ number: Int, outcome: JobOutcome?, reason: String? = nil, role: String? = nil)
        -> Attempt
    {
        Attempt(
            number: number,
            state: outcome == nil ? .submitted : .ended,
            outcome: outcome,
            reason: reason,
            tries: 0,
            lastError: nil,
            createdAt: created,
            submittedAt: created,
            endedAt: outcome == nil ? nil : created,
            labJobs: [labJob(38 + number, role: role)],
            surplusLabJobs: nil
        )
    }

    static func result(_ outcome: JobOutcome? = .complete, role: String? = nil, line: Int? = 3) -> TestResult {
        TestResult(
            position: 0,
            environment: "e",
            backend: "lab-b",
            jobOutcome: outcome,
            labJob: 1,
            role: role,
            suite: "s",
            suiteNumber: 1,
            name: "n",
            status: .pass,
            measurement: "1.5",
            units: "s",
            startLogLine: line
        )
        .linked(labs)
    }

    static func job(
        reason: String? = "No such device type",
        outcome: JobOutcome? = .rejected,
        attempts: Int = 1,
        history: [Attempt]? = nil,
        cancelRequestedAt: Date? = nil
    ) -> Job {
        Job(
            id: 7,
            position: 5,
            environment: "board",
            backend: "lab-b",
            state: outcome == nil ? .submitted : .finished,
            outcome: outcome,
            reason: reason,
            tests: TestCounts(pass: 1, fail: 2, skip: 3, unknown: 4),
            attempts: attempts,
            labJobs: [labJob()],
            attemptHistory: history,
            cancelRequestedAt: cancelRequestedAt,
            createdAt: created,
            finishedAt: created
        )
        .linked(labs)
    }
}
