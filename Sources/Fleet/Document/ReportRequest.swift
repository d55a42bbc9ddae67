// SPDX-License-Identifier: Apache-2.0

/// Who is sent a jobset's report, besides those that its project has by the configuration: key `report` of a document.
package struct ReportRequest: Sendable, Hashable, Codable {
    /// By mail, each once.
    package var mail: [MailAddress]
    /// Whether the report goes with it as JUnit XML.
    package var junit: Bool

    /// A request as given.
    package init(mail: [MailAddress], junit: Bool = false) {
        self.mail = mail
        self.junit = junit
    }
}
