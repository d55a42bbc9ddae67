// SPDX-License-Identifier: Apache-2.0

/// Who is sent a jobset's report, besides those that its project has by the configuration: key `report` of a document.
public struct ReportRequest: Sendable, Hashable, Codable {
    /// By mail, each once.
    public var mail: [MailAddress]
    /// Whether the report goes with it as JUnit XML.
    public var junit: Bool

    /// A request as given.
    public init(mail: [MailAddress], junit: Bool = false) {
        self.mail = mail
        self.junit = junit
    }
}
