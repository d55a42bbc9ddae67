// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Fleet
import FleetStore
import Foundation
import Reports
import SQUAD

/// From what is stored to what SQUAD is told, and from what it answers to what follows.
extension SQUADPusher {
    /// A test run each: the lab jobs of the last attempt, or the job itself where there are none.
    func finishedJobs(_ job: JobStatus, of jobset: UUID) throws -> [FinishedJob] {
        guard let outcome = job.outcome else {
            throw ReportLoader.NotReportable(description: "job \(job.position) of a finished jobset has no outcome")
        }
        let plain = FinishedJob(
            jobset: jobset.uuidString.lowercased(),
            position: job.position,
            environment: job.environment,
            backend: job.backend,
            outcome: outcome,
            reason: job.reason,
            attempts: job.attempts
        )
        guard !job.labJobs.isEmpty else { return [plain] }
        return job.labJobs.map { labJob in
            var finished = plain
            finished.labJob = FinishedJob.LabJob(
                number: labJob.number,
                role: labJob.role,
                url: labJob.url
                    ?? labURLs[job.backend].map { ReportedLabJob.page(of: labJob.number, labURL: $0) },
                device: labJob.device,
                errorType: labJob.errorType,
                errorMessage: labJob.errorMessage
            )
            return finished
        }
    }

    /// A refusal is for good; what somebody can mend at SQUAD or in the configuration is tried again, as long as the
    /// schedule goes.
    static func result(of error: SQUADError) -> TryResult {
        let ending: TryEnding =
            switch error {
            case .refused: .refused
            case .timeout: .notTaken(isBusy: true, retryAfter: nil)
            case .busy(let pause):
                .notTaken(isBusy: true, retryAfter: pause.flatMap { RetryAfter.parse($0, now: Date()) })
            case .unauthorized, .notFound, .unexpected, .unreachable: .notTaken(isBusy: false, retryAfter: nil)
            }
        return TryResult(ending: ending, status: error.status, error: error.description)
    }
}

extension FinishedTest {
    init(_ test: LabJobResults.Case) {
        self.init(
            suite: test.suite,
            suiteNumber: test.suiteNumber,
            name: test.name,
            status: test.status,
            measurement: test.measurement,
            units: test.units
        )
    }
}
