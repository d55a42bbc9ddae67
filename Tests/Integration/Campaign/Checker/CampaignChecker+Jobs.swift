// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The ends of jobs: once each, and true.
extension CampaignChecker {
    mutating func checkJobs() {
        let steps = Dictionary(grouping: history.rows.jobSteps, by: \.job)
        for job in history.rows.jobs.sorted(by: { $0.id < $1.id }) {
            let ends = Dictionary(grouping: steps[job.id] ?? [], by: \.generation).mapValues(\.count)
            for (generation, times) in ends.sorted(by: { $0.key < $1.key }) where times > 1 {
                note(.endedTwice, name(job), "it ended \(times) times in generation \(generation)")
            }
            guard let outcome = job.outcome, ends[job.generation] != nil else {
                note(.neverEnded, name(job), "it is \(job.state), and no end of generation \(job.generation) was seen")
                continue
            }
            checkOutcome(outcome, of: job)
        }
    }

    func name(_ job: CampaignRows.Job) -> String { "job \(job.position) of \(job.jobset)" }

    private mutating func checkOutcome(_ outcome: String, of job: CampaignRows.Job) {
        let last = attemptsOf[job.id]?.last { $0.generation == job.generation }
        let made = last.map { own(of: $0) } ?? []
        let publication = publication(of: job)
        switch outcome {
        case "complete", "incomplete":
            let truth = Self.outcome(of: made)
            if truth != outcome {
                note(.untrueOutcome, name(job), "it says \(outcome), the log of \(job.backend) \(truth ?? "nothing")")
            } else if outcome == "complete" {
                checkTests(of: job, publication)
            }
        case "rejected":
            if !made.isEmpty {
                note(.untrueOutcome, name(job), "it says rejected, and \(job.backend) made a job of it")
            } else if publication?.isRefused != true || (history.labs[job.backend]?.refusals ?? 0) == 0 {
                note(.causelessOutcome, name(job), "it says rejected, and \(job.backend) takes such jobs")
            }
        case "canceled":
            if !isCanceled(job) {
                note(.causelessOutcome, name(job), "it says canceled, and nobody asked for that")
            }
        case "expired":
            let hasPassed =
                jobsets[job.jobset]?.deadlinePassed == true
                || history.rows.jobsetEnds.contains { $0.jobset == job.jobset && $0.deadlinePassed }
            if !hasPassed || published[job.jobset]?.hasDeadline != true {
                note(.causelessOutcome, name(job), "it says expired, and no deadline has passed")
            }
        case "lost":
            if !made.contains(where: \.isLost) {
                note(.causelessOutcome, name(job), "it says lost, and \(job.backend) has not forgotten it")
            }
        default:
            note(.causelessOutcome, name(job), "it says \(outcome), for which nobody gave cause")
        }
    }

    /// What an attempt's lab jobs came to; `nil` while one of them has not ended, or there are none.
    static func outcome(of made: [LabLog.Made]) -> String? {
        guard !made.isEmpty, made.allSatisfy({ $0.health != nil }) else { return nil }
        if made.contains(where: { $0.health == "Canceled" }) { return "canceled" }
        return made.allSatisfy { $0.health == "Complete" } ? "complete" : "incomplete"
    }

    private func isCanceled(_ job: CampaignRows.Job) -> Bool {
        guard let published = published[job.jobset] else { return false }
        if published.canceledJobs.contains(job.position) { return true }
        let isNoted =
            jobsets[job.jobset]?.canceled == true
            || history.rows.jobsetEnds.contains { $0.jobset == job.jobset && $0.canceled }
        return isNoted && (published.isCanceled || published.hasFailureLimit)
    }

    private mutating func checkTests(of job: CampaignRows.Job, _ publication: CampaignHistory.PublishedJob?) {
        guard let publication else { return }
        let said = [job.testsPass, job.testsFail, job.testsSkip]
        let wanted = [publication.pass, publication.fail, publication.skip].map { $0 * publication.members }
        if said != wanted {
            note(.untrueTests, name(job), "passed, failed and skipped are \(said), and should be \(wanted)")
        }
    }
}
