// SPDX-License-Identifier: Apache-2.0

import Fleet

/// What labs tell.
extension LifeModel {
    mutating func observe(_ name: LabJobName, health: String) -> LifeOutcome {
        guard var labJob = self[name] else { return LifeOutcome() }
        guard labJob.state == .submitted else { return LifeOutcome(answer: .observed(false)) }
        labJob.state = .finished
        labJob.health = health
        self[name] = labJob
        return LifeOutcome(answer: .observed(true))
    }

    /// One answer without it is no proof; a second one is, of an attempt that its job still waits for.
    mutating func missing(_ name: LabJobName) -> LifeOutcome {
        guard let labJob = self[name] else { return LifeOutcome() }
        self[name]?.isMissing = true
        guard labJob.isMissing, labJob.state == .submitted, self[name.attempt]?.state == .submitted else {
            return LifeOutcome()
        }
        return LifeOutcome(finished: end([name.attempt.job: JobEnding(outcome: .lost)]))
    }

    /// A job ends when all lab jobs of its attempt are in, or waits for another attempt if the lab has failed it and
    /// there may be one: nobody has canceled it, and its generation has retries left.
    mutating func fetch(_ ends: [LabJobName: LabJobEnd]) -> LifeOutcome {
        for (name, end) in ends where self[name]?.state == .finished {
            self[name]?.state = .fetched
            self[name]?.end = end
        }
        var ending: [JobName: JobEnding] = [:]
        for name in Set(ends.keys.map(\.attempt)) {
            guard let attempt = self[name], attempt.state == .submitted, let job = self[name.job],
                job.state == .submitted, attempt.labJobs.allSatisfy({ $0.state == .fetched })
            else { continue }
            if isRetried(attempt, of: job, in: name.job.jobset) {
                self[name]?.end(.incomplete)
                self[name.job]?.state = .waiting
            } else {
                ending[name.job] = JobEnding(
                    outcome: attempt.outcomeOfLabJobs,
                    passes: attempt.labJobs.map(\.end.passes).reduce(0, +),
                    fails: attempt.labJobs.map(\.end.fails).reduce(0, +)
                )
            }
        }
        return LifeOutcome(finished: end(ending))
    }

    private func isRetried(_ attempt: ModelAttempt, of job: ModelJob, in jobset: Int) -> Bool {
        guard let jobset = jobsets[jobset], attempt.outcomeOfLabJobs == .incomplete,
            attempt.labJobs.contains(where: \.end.isInfrastructure)
        else { return false }
        let used = job.attempts.count { $0.generation == jobset.generation || mistake == .retriesForLife }
        return used <= jobset.document.retries && !job.isCancelRequested && !jobset.isCanceled
    }
}

extension ModelAttempt {
    fileprivate var outcomeOfLabJobs: JobOutcome {
        if labJobs.contains(where: { $0.health == "Canceled" }) { return .canceled }
        return labJobs.allSatisfy { $0.health == "Complete" && !$0.end.isUnfetchable } ? .complete : .incomplete
    }
}
