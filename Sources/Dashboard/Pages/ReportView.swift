// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetStore

/// The archived report of a jobset, as it was mailed or called back.
public struct ReportView: PageContent {
    /// Its template.
    public static let template = "report"
    /// The build's version.
    public var title: String { "Report of \(version)" }

    let version: String
    let project: String
    let projectHref: String
    let jobsetHref: String
    let text: String

    /// The text of the report.
    public init(_ text: String, of jobset: JobsetSummary) {
        version = Shown.line(jobset.version)
        project = Shown.line("\(jobset.group)/\(jobset.project)")
        projectHref = jobset.projectPath
        jobsetHref = jobset.path
        self.text = HarmlessText.block(text, limit: 200_000)
    }
}
