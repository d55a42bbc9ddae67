// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Labs

extension WatchedLab {
    /// What the lab says of lab jobs of ours. What is not in it the lab does not know: a number alone is
    /// no proof, since a lab that was set up anew counts from 1 again, and to whoever watches a job of another project's
    /// there is no such job.
    func matched(_ labJobs: [OutstandingLabJob], among jobs: [SeenLabJob]) async throws -> [OutstandingLabJob:
        SeenLabJob]
    {
        let byNumber = Dictionary(jobs.map { ($0.id.number, $0) }, uniquingKeysWith: { first, _ in first })
        let found = labJobs.compactMap { labJob -> (labJob: OutstandingLabJob, job: SeenLabJob)? in
            guard let job = byNumber[labJob.number], labJob.isTagged(job.tag) else { return nil }
            return (labJob, job)
        }
        let others = try await store.othersJobs(
            among: found.filter(\.labJob.isWatched).map { labJob, job in
                WatchedLabJobLook(id: labJob.id, tag: job.tag, submitTime: job.submitTime)
            }
        )
        let ours = found.filter { !others.contains($0.labJob.id) }.map { ($0.labJob, $0.job) }
        return Dictionary(ours, uniquingKeysWith: { first, _ in first })
    }
}
