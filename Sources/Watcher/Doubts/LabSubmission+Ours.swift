// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Foundation
import Labs

extension Collection where Element == LabSubmission {
    /// Those that requests of ours have made: a person who submits a job of ours once more, as LAVA's pages offer,
    /// takes its text along, and the tag in it.
    ///
    /// They are of the hand that submitted the first, which is known to be ours if it is among the attempt's lab jobs,
    /// and by the lab's own clock not later than the last request could still be carried out.
    ///
    /// - Parameters:
    ///   - known: The ids of the attempt's lab jobs.
    ///   - window: How long after its first submission an attempt may still come into the lab.
    func ours(known: Set<LabJobID>, window: Duration) -> [LabSubmission] {
        guard let own = first(where: { $0.jobs.contains { known.contains($0.id) } }) ?? first else { return [] }
        return filter { one in
            guard one.submitter == own.submitter else { return false }
            guard let start = own.submitTime, let time = one.submitTime else { return true }
            return time.timeIntervalSince(start) <= window.timeInterval
        }
    }
}
