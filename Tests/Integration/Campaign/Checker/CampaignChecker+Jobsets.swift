// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The counters, and the ends of jobsets.
extension CampaignChecker {
    mutating func checkJobsets() {
        let steps = Dictionary(grouping: history.rows.jobsetSteps, by: \.jobset)
        for jobset in history.rows.jobsets {
            let jobs = jobsOf[jobset.id] ?? []
            checkCounters(of: jobset, jobs)
            checkEnds(of: jobset, steps[jobset.id] ?? [])
            guard jobset.state == "finished" else {
                note(.unfinished, jobset.id, "it is \(jobset.state), with \(jobset.pending) jobs to come")
                continue
            }
            let verdict = Self.verdict(of: jobset, jobs)
            if jobset.verdict != verdict {
                note(.untrueVerdict, jobset.id, "it says \(jobset.verdict ?? "nothing"), its jobs say \(verdict)")
            }
        }
    }

    private mutating func checkCounters(of jobset: CampaignRows.Jobset, _ jobs: [CampaignRows.Job]) {
        func compare(_ name: String, _ said: Int, _ counted: Int, _ found: inout [Violation]) {
            guard said != counted else { return }
            let detail = "\(name) is \(said), and \(counted) by a count"
            found.append(Violation(kind: .counter, about: "\(jobset.id)", detail: detail))
        }
        compare("pending", jobset.pending, jobs.count { $0.state != "finished" }, &found)
        compare("total", jobset.total, jobs.count, &found)
        compare("failures", jobset.failures, jobs.count(where: \.hasFailed), &found)
        if let published = published[jobset.id] {
            let additions = history.rows.additions.filter { $0.jobset == jobset.id }
            let added = additions.reduce(0) { $0 + $1.jobs }
            compare("total with what was published", jobset.total, published.jobs.count + added, &found)
            for row in additions {
                guard let addition = published.additions.first(where: { $0.id == row.id }) else {
                    note(.counter, jobset.id, "addition \(row.id) was never published")
                    continue
                }
                compare("addition \(row.id)", row.jobs, addition.jobs.count, &found)
            }
        }
        if Set(jobs.map(\.position)) != Set(0..<jobs.count) {
            note(.counter, jobset.id, "the places of its jobs are not 0 to \(jobs.count - 1)")
        }
    }

    /// Each generation up to the last has ended once, and no job of it was outstanding then.
    private mutating func checkEnds(of jobset: CampaignRows.Jobset, _ steps: [CampaignRows.JobsetStep]) {
        for generation in 1...max(1, jobset.generation) {
            let ends = steps.filter { $0.generation == generation }
            if ends.count > 1 {
                note(.finishedTwice, jobset.id, "generation \(generation) has finished \(ends.count) times")
            }
            if ends.isEmpty, jobset.state == "finished" || generation < jobset.generation {
                note(.unfinished, jobset.id, "generation \(generation) never finished")
            }
        }
        for step in steps where step.unfinished > 0 {
            note(
                .finishedEarly,
                jobset.id,
                "generation \(step.generation) finished while \(step.unfinished) jobs had not ended"
            )
        }
        if let published = published[jobset.id], jobset.generation > published.generations {
            note(.counter, jobset.id, "it is in generation \(jobset.generation) of \(published.generations)")
        }
    }

    private static func verdict(of jobset: CampaignRows.Jobset, _ jobs: [CampaignRows.Job]) -> String {
        if jobset.canceled, jobs.contains(where: { $0.outcome == "canceled" }) { return "canceled" }
        if jobs.contains(where: { $0.testsFail > 0 || $0.outcome == "rejected" }) { return "failed" }
        return jobs.contains { $0.outcome != "complete" } ? "incomplete" : "passed"
    }
}
