// SPDX-License-Identifier: Apache-2.0

import Fleet
package import FleetStore

/// The archived report of a jobset, as it was mailed or called back.
package struct ReportView: PageContent {
    package static let template = "report"
    /// The build's version.
    package var title: String { "Report of \(version)" }

    let version: String
    let project: String
    let projectHref: String
    let jobsetHref: String
    let text: String
    let query: String

    /// The text of the report; of one generation, or of the latest.
    package init(_ text: String, of jobset: JobsetSummary, generation: Int? = nil) {
        version = PageText.line(jobset.version)
        project = PageText.line("\(jobset.group)/\(jobset.project)")
        projectHref = jobset.projectPath
        jobsetHref = jobset.path
        query = generation.map { "&generation=\($0)" } ?? ""
        self.text = HarmlessText.block(text, limit: 200_000)
    }
}
