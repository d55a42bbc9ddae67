// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Attempts, and what labs made of them.
extension CampaignChecker {
    /// How long a lab job that is one too many may go on once it was found: for its lab to be told.
    static let surplusGrace = 20.0

    mutating func checkAttempts() {
        for attempt in history.rows.attempts {
            let made = made(of: attempt)
            let own = own(of: attempt)
            let members = jobs[attempt.job].flatMap { publication(of: $0) }?.members ?? 1
            if own.count > members {
                note(
                    .submittedTwice,
                    "attempt \(attempt.id)",
                    "\(attempt.backend) made \(made.map(\.id).sorted()) of it, and no row says which are too many"
                )
            } else if !own.isEmpty, own.count < members {
                note(.submittedInPart, "attempt \(attempt.id)", "\(own.count) of \(members) members are in the lab")
            }
            checkRows(of: attempt, own)
            checkSurplus(of: attempt, made)
        }
        for attempts in attemptsOf.values { checkNumber(of: attempts) }
    }

    /// Whatever is in a lab is known, also of an attempt that ended without it.
    private mutating func checkRows(of attempt: CampaignRows.Attempt, _ own: [LabLog.Made]) {
        let rows = ownOf[attempt.id] ?? []
        if own.isEmpty, rows.isEmpty {
            guard attempt.isSubmitted else { return }
            note(.neverSubmitted, "attempt \(attempt.id)", "\(attempt.backend) has never had it")
        } else if rows.isEmpty {
            note(.unknownLabJob, "attempt \(attempt.id)", "\(attempt.backend) has it, and no row says so")
        } else if !attempt.isSubmitted, !mayHaveEndedBefore(attempt) {
            note(.unknownLabJob, "attempt \(attempt.id)", "\(attempt.backend) has it, and its row does not say so")
        } else if own.isEmpty {
            note(
                .neverSubmitted,
                "attempt \(attempt.id)",
                "\(attempt.backend) has never had it, rows say \(rows.sorted())"
            )
        } else if rows != Set(own.map(\.id)) {
            let numbers = own.map(\.id).sorted()
            note(.otherLabJobs, "attempt \(attempt.id)", "rows say \(rows.sorted()), the lab \(numbers)")
        }
    }

    /// A job that is canceled or expires while a submission of it is in doubt may come into its lab after its end.
    private func mayHaveEndedBefore(_ attempt: CampaignRows.Attempt) -> Bool {
        guard let job = jobs[attempt.job] else { return false }
        return job.outcome == "canceled" || job.outcome == "expired" || attempt.generation < job.generation
    }

    /// What is too many was made, and canceled, unless it was over before.
    private mutating func checkSurplus(of attempt: CampaignRows.Attempt, _ made: [LabLog.Made]) {
        for surplus in surplusOf[attempt.id] ?? [] {
            if history.isPunctual {
                note(.submittedTwice, "attempt \(attempt.id)", "\(attempt.backend) had it when it was sent again")
            }
            guard let job = made.first(where: { $0.id == surplus.number }) else {
                note(
                    .otherLabJobs,
                    "attempt \(attempt.id)",
                    "\(attempt.backend) has never made \(surplus.number) of it"
                )
                continue
            }
            let isOver = job.endedAt.map { $0 < surplus.foundAt + Self.surplusGrace } ?? false
            if job.health != "Canceled", !job.isLost, !isOver {
                note(
                    .surplusLeft,
                    "lab job \(job.id) of \(attempt.backend)",
                    "it ran on, and ended \(job.health ?? "never")"
                )
            }
        }
    }

    /// An attempt follows another only if the lab failed that one, and only as often as the jobset allows.
    private mutating func checkNumber(of attempts: [CampaignRows.Attempt]) {
        guard let job = attempts.first.flatMap({ jobs[$0.job] }), let jobset = jobsets[job.jobset] else { return }
        for (generation, attempts) in Dictionary(grouping: attempts, by: \.generation) {
            if attempts.count > jobset.retries + 1 {
                note(.tooManyAttempts, name(job), "\(attempts.count) in generation \(generation)")
            }
            for attempt in attempts.dropLast() {
                let outcome = Self.outcome(of: own(of: attempt))
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
