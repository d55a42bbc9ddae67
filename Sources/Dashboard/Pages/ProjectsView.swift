// SPDX-License-Identifier: Apache-2.0

package import FleetStore
package import Foundation

/// All projects, each with its latest build.
package struct ProjectsView: PageContent {
    package static let template = "projects"
    package var title: String { "Projects" }
    package var place: PagePlace? { .projects }
    package var refresh: Int? { 15 }

    /// How many projects a page shows.
    package static let limit = 100

    let latest: SummaryTable
    let pager: Pager?

    /// - Parameters:
    ///   - latest: As many as fit on a page, and one more if there are more.
    ///   - isFirstPage: Whether there are none before these.
    package init(_ latest: [JobsetSummary], isFirstPage: Bool, now: Date) {
        let shown = Array(latest.prefix(Self.limit))
        self.latest = SummaryTable(shown, label: "Projects and their latest builds", now: now)
        let last = latest.count > Self.limit ? shown.last : nil
        pager = Pager(
            "Pages of projects",
            first: isFirstPage ? nil : "/projects",
            next: last.map { "/projects?after=\(PageText.path($0.group))/\(PageText.path($0.project))" },
            range: PageText.count(shown.count, "project")
        )
    }
}
