// SPDX-License-Identifier: Apache-2.0

import Fleet
package import FleetStore
package import Foundation

/// What was found.
package struct SearchView: PageContent {
    package static let template = "search"
    package var title: String { "Search" }

    /// How much of each kind is shown.
    package static let limit = 30

    let asked: String?
    let found: SummaryTable
    let foundLabJobs: [TroubleRow]
    let hasLabJobs: Bool

    /// What was asked for, and what there is.
    package init(asked: String, jobsets: [JobsetSummary], labJobs: [FoundLabJob], now: Date) {
        self.asked = asked.isEmpty ? nil : PageText.line(asked)
        found = SummaryTable(jobsets, label: "Jobsets found", now: now)
        foundLabJobs = labJobs.map { job in
            TroubleRow(
                Badge(.mute, job.backend),
                "Lab job \(job.number)",
                href: "\(job.jobset.path)/jobs/\(job.position)",
                "job \(job.position), \(JobTitle.line(job.environment, job.name)), of \(job.jobset.build)",
                at: nil
            )
        }
        hasLabJobs = !labJobs.isEmpty
    }
}
