// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

/// What a lab made of an attempt, with the way to the lab's own page.
struct LabJobCell: Sendable {
    let number: Int
    let url: String?
    let labWords: String

    init(_ labJob: LabJob) {
        number = labJob.number
        url = labJob.url
        let words = [
            labJob.role, labJob.health ?? labJob.labState, labJob.device, labJob.errorType, labJob.errorMessage,
        ]
        labWords = PageText.line(words.compactMap(\.self).joined(separator: ", "))
    }

    init(surplus labJob: SurplusLabJob) {
        number = labJob.number
        url = labJob.url
        labWords = PageText.line("surplus, \(labJob.standing)")
    }
}

/// A job in a table.
struct JobRow: Sendable {
    let href: String
    let position: Int
    let environment: String
    /// What it is called; its environment, if nobody gave it a name.
    let name: String
    let backend: String
    let badge: Badge
    let why: String?
    let tests: String
    let labJobs: [LabJobCell]
    let attempts: Int
    /// Whether it can be ticked.
    let isSelectable: Bool

    init(_ job: Job, base: String, isSelectable: Bool = false) {
        self.isSelectable = isSelectable
        href = "\(base)/jobs/\(job.position)"
        position = job.position
        environment = PageText.line(job.environment, limit: 80)
        name = PageText.line(job.name ?? job.environment, limit: 120)
        backend = PageText.line(job.backend)
        badge = Badge(job.state, job.outcome, failedTests: job.tests.fail)
        why = Self.why(job)
        tests = Self.words(job.tests)
        labJobs = job.labJobs.prefix(8).map { LabJobCell($0) }
        attempts = job.attempts
    }

    static func why(_ job: Job, limit: Int = 140) -> String? {
        let asked = job.state != .finished && job.cancelRequestedAt != nil ? "being canceled" : nil
        let parts = [asked, job.reason].compactMap(\.self)
        return parts.isEmpty ? nil : PageText.line(parts.joined(separator: "; "), limit: limit)
    }

    static func words(_ tests: TestCounts) -> String {
        guard tests.total > 0 else { return "–" }
        return tests.words(worstFirst: true, number: PageText.number).joined(separator: ", ")
    }
}
