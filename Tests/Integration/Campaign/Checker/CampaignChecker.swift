// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Judges what became of a campaign: by what was published, the labs' logs, the receiver's log, the rows and the queues,
/// and by nothing that the fleet says of itself.
struct CampaignChecker {
    let history: CampaignHistory
    var found: [Violation] = []

    // What the checks look up again and again.
    let published: [UUID: CampaignHistory.PublishedJobset]
    let jobsets: [UUID: CampaignRows.Jobset]
    let jobsOf: [UUID: [CampaignRows.Job]]
    let jobs: [Int: CampaignRows.Job]
    let attemptsOf: [Int: [CampaignRows.Attempt]]
    let labJobsByTag: [String: [String: [LabLog.Made]]]
    /// The numbers of an attempt's own lab jobs, and of those that are too many, as the rows have them.
    let ownOf: [UUID: Set<Int>]
    let surplusOf: [UUID: [CampaignRows.Surplus]]

    /// All that is wrong with a campaign that has come to its end.
    static func check(_ history: CampaignHistory) -> [Violation] {
        var checker = CampaignChecker(history)
        checker.checkAcceptance()
        checker.checkJobsets()
        checker.checkJobs()
        checker.checkAttempts()
        checker.checkLabs()
        checker.checkDeliveries()
        checker.checkReceived()
        checker.checkQueues()
        return checker.found
    }

    private init(_ history: CampaignHistory) {
        self.history = history
        published = Dictionary(uniqueKeysWithValues: history.published.map { ($0.id, $0) })
        jobsets = Dictionary(uniqueKeysWithValues: history.rows.jobsets.map { ($0.id, $0) })
        jobsOf = Dictionary(grouping: history.rows.jobs, by: \.jobset)
        jobs = Dictionary(uniqueKeysWithValues: history.rows.jobs.map { ($0.id, $0) })
        attemptsOf = Dictionary(grouping: history.rows.attempts, by: \.job)
            .mapValues { $0.sorted { $0.number < $1.number } }
        labJobsByTag = history.labs.mapValues(\.byTag)
        ownOf = Dictionary(grouping: history.rows.labJobs, by: \.attempt).mapValues { Set($0.map(\.number)) }
        surplusOf = Dictionary(grouping: history.rows.surplus, by: \.attempt)
    }

    mutating func note(_ kind: Violation.Kind, _ about: some CustomStringConvertible, _ detail: String) {
        found.append(Violation(kind: kind, about: "\(about)", detail: detail))
    }

    /// What was published of a job, wherever it came from.
    func publication(of job: CampaignRows.Job) -> CampaignHistory.PublishedJob? {
        guard let jobset = published[job.jobset] else { return nil }
        if jobset.jobs.indices.contains(job.position) { return jobset.jobs[job.position] }
        for row in history.rows.additions where row.jobset == job.jobset {
            let place = job.position - row.firstPosition
            guard (0..<row.jobs).contains(place) else { continue }
            let addition = jobset.additions.first { $0.id == row.id }
            return addition.flatMap { $0.jobs.indices.contains(place) ? $0.jobs[place] : nil }
        }
        return nil
    }

    /// The lab jobs that a lab made of an attempt.
    func made(of attempt: CampaignRows.Attempt) -> [LabLog.Made] {
        labJobsByTag[attempt.backend]?[attempt.id.uuidString.lowercased()] ?? []
    }

    /// Those of them that count: what is too many is part of nothing.
    func own(of attempt: CampaignRows.Attempt) -> [LabLog.Made] {
        let surplus = Set((surplusOf[attempt.id] ?? []).map(\.number))
        return made(of: attempt).filter { !surplus.contains($0.id) }
    }

    private mutating func checkAcceptance() {
        for jobset in history.published {
            if jobsets[jobset.id] == nil {
                if jobset.wasAccepted {
                    note(.gone, jobset.id, "it was accepted and has no row")
                } else if jobset.isConfirmed, !history.rows.refused.contains(jobset.id.uuidString.lowercased()) {
                    note(.lost, jobset.id, "the broker confirmed it, and it was neither accepted nor refused")
                }
                continue
            }
            let known = Set(history.rows.additions.filter { $0.jobset == jobset.id }.map(\.id))
            for addition in jobset.additions where addition.isConfirmed && !known.contains(addition.id) {
                note(.lost, jobset.id, "the broker confirmed addition \(addition.id), and it is not in")
            }
        }
    }

    private mutating func checkQueues() {
        for (queue, depth) in history.depths.sorted(by: { $0.key < $1.key }) where depth > 0 {
            note(.messagesLeft, queue, "\(depth) messages are left")
        }
        for letter in history.deadLetters {
            note(.deadLetter, letter.queue, letter.reason ?? "it was put aside without a reason")
        }
    }
}
