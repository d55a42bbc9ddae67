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
    func finishedJobs(_ job: Job, of jobset: UUID) throws -> [FinishedJob] {
        guard job.outcome != nil else {
            throw ReportLoader.NotReportable(description: "job \(job.position) of a finished jobset has no outcome")
        }
        let job = job.linked(labs)
        let labJobs: [LabJob?] = job.labJobs.isEmpty ? [nil] : job.labJobs
        return labJobs.map { FinishedJob(job, $0, of: jobset) }
    }

    /// A refusal is for good; what somebody can mend at SQUAD or in the configuration is tried again, as long as the
    /// schedule goes.
    static func result(of error: SQUADError) -> TryResult {
        let ending: TryEnding =
            switch error {
            case .refused: .refused
            case .timeout: .notTaken(isBusy: true, retryAfter: nil)
            case .busy(let pause): .notTaken(isBusy: true, retryAfter: pause)
            case .unauthorized, .notFound, .unexpected, .unreachable: .notTaken(isBusy: false, retryAfter: nil)
            }
        return TryResult(ending: ending, status: error.status, error: error.description)
    }
}
