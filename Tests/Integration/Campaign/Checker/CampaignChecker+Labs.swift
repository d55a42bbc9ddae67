// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Attempts, and what labs made of them.
extension CampaignChecker {
    mutating func checkAttempts() {
        let rows = Dictionary(grouping: history.rows.labJobs, by: \.attempt).mapValues { Set($0.map(\.number)) }
        for attempt in history.rows.attempts {
            let made = made(of: attempt)
            let members = jobs[attempt.job].flatMap { publication(of: $0) }?.members ?? 1
            if made.count > members {
                note(
                    .submittedTwice,
                    "attempt \(attempt.id)",
                    "\(attempt.backend) made \(made.map(\.id).sorted()) of it"
                )
            } else if !made.isEmpty, made.count < members {
                note(.submittedInPart, "attempt \(attempt.id)", "\(made.count) of \(members) members are in the lab")
            }
            guard attempt.isSubmitted else {
                if !made.isEmpty, !mayBeUnknown(attempt) {
                    note(.unknownLabJob, "attempt \(attempt.id)", "\(attempt.backend) has it, and no row says so")
                }
                continue
            }
            if made.isEmpty {
                note(.neverSubmitted, "attempt \(attempt.id)", "\(attempt.backend) has never had it")
            } else if rows[attempt.id] ?? [] != Set(made.map(\.id)) {
                let said = (rows[attempt.id] ?? []).sorted()
                note(.otherLabJobs, "attempt \(attempt.id)", "rows say \(said), the lab \(made.map(\.id).sorted())")
            }
        }
        for attempts in attemptsOf.values { checkNumber(of: attempts) }
    }

    /// A job that is canceled or expires while a submission of it is in doubt may be in its lab all the same.
    private func mayBeUnknown(_ attempt: CampaignRows.Attempt) -> Bool {
        guard let job = jobs[attempt.job] else { return false }
        return job.outcome == "canceled" || job.outcome == "expired" || attempt.generation < job.generation
    }

    /// An attempt follows another only if the lab failed that one, and only as often as the jobset allows.
    private mutating func checkNumber(of attempts: [CampaignRows.Attempt]) {
        guard let job = attempts.first.flatMap({ jobs[$0.job] }), let jobset = jobsets[job.jobset] else { return }
        for (generation, attempts) in Dictionary(grouping: attempts, by: \.generation) {
            if attempts.count > jobset.retries + 1 {
                note(.tooManyAttempts, name(job), "\(attempts.count) in generation \(generation)")
            }
            for attempt in attempts.dropLast() {
                let outcome = Self.outcome(of: made(of: attempt))
                if outcome != "incomplete" {
                    note(.needlessAttempt, name(job), "attempt \(attempt.number) was \(outcome ?? "not over")")
                }
            }
        }
    }

    mutating func checkLabs() {
        let known = Set(history.rows.attempts.map { $0.id.uuidString.lowercased() })
        for (lab, log) in history.labs.sorted(by: { $0.key < $1.key }) {
            for made in log.jobs.values.sorted(by: { $0.id < $1.id }) {
                if !known.contains(made.tag) {
                    note(.unknownLabJob, "lab job \(made.id) of \(lab)", "no row knows its attempt, \(made.tag)")
                }
                if made.health == nil, !made.isLost {
                    note(.leftInLab, "lab job \(made.id) of \(lab)", "it never ended")
                }
            }
        }
    }
}
