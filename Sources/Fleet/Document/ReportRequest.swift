// SPDX-License-Identifier: Apache-2.0

/// Who is sent a jobset's report, besides those that its project has by the configuration, and how: key `report` of a
/// document. What is `nil` is as the project has it.
package struct ReportRequest: Sendable, Hashable, Codable {
    /// By mail, each once.
    package var mail: [MailAddress]
    /// Whether the report goes with it as JUnit XML.
    package var junit: Bool
    /// Who gets a copy.
    package var cc: [MailAddress]?
    /// What the mail looks like.
    package var format: MailFormat?
    /// Whether there is one.
    package var when: MailWhen?
    /// A template of its subject (``MailSubject``).
    package var subject: String?
    /// The mail that it answers.
    package var inReplyTo: MailReference?
    /// A line that ends it (``MailTrailer``).
    package var trailer: String?

    enum CodingKeys: String, CodingKey {
        case mail, junit, cc, format, when, subject, trailer
        case inReplyTo = "in_reply_to"
    }

    /// A request as given.
    package init(mail: [MailAddress], junit: Bool = false) {
        self.mail = mail
        self.junit = junit
    }

    /// Whether it asks for nothing.
    package var isEmpty: Bool { mail.isEmpty && settings.isEmpty }

    /// What it says beyond its receivers and the attachment, by name, for a digest.
    var settings: [(name: String, value: String)] {
        let all: [(String, String?)] = [
            ("cc", cc.map { $0.map(\.description).joined(separator: " ") }), ("format", format?.rawValue),
            ("when", when?.rawValue), ("subject", subject), ("in_reply_to", inReplyTo?.description),
            ("trailer", trailer),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }
}
