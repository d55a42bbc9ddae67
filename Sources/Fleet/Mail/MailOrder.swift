// SPDX-License-Identifier: Apache-2.0

/// How one mail of a report is made, as it was settled when the mail was ordered: each try is the same message.
package struct MailOrder: Sendable, Hashable, Codable {
    package var format: MailFormat
    /// Whom the message names as its receivers, each of whom it is sent to by itself.
    package var to: [MailAddress]
    /// Whom it names as receivers of a copy.
    package var cc: [MailAddress]
    /// The mail that it answers; `nil`: it belongs to the thread of its project.
    package var thread: MailReference?
    /// A line that ends it.
    package var trailer: String?
    /// Whether the report goes with it as JUnit XML.
    package var junit: Bool
    /// Whether its one receiver has settings of its own, and so a message of its own.
    package var isOwn: Bool?

    package init(
        format: MailFormat = .html,
        to: [MailAddress],
        cc: [MailAddress] = [],
        thread: MailReference? = nil,
        trailer: String? = nil,
        junit: Bool = false
    ) {
        self.format = format
        self.to = to
        self.cc = cc
        self.thread = thread
        self.trailer = trailer
        self.junit = junit
    }

    /// Whether all receivers get one message, under one `Message-ID`: an answer to it belongs to one thread.
    package var isShared: Bool { isOwn != true && (format == .text || !cc.isEmpty) }
}

/// What a mailed report looks like.
package enum MailFormat: String, Sendable, Codable, CaseIterable {
    /// Text and HTML, a mail for each receiver.
    case html
    /// Plain text as mailing lists take it, one message to all receivers.
    case text
}

/// The `Message-ID` of somebody else's mail, which a report is to answer: `<left@right>`.
///
/// RFC 5322 lets quoted strings and comments stand in one. No mailer in use writes them, so printable ASCII without blanks,
/// quotes and brackets is all that is taken, and no reference can end its header.
package struct MailReference: Sendable, Hashable, CustomStringConvertible {
    /// The longest, in bytes without the brackets: it has to fit into one line of a header.
    package static let maximumBytes = 250

    /// As headers have it: `<left@right>`.
    package let description: String

    /// From a text with or without the brackets; `nil` where ``complaint(about:)`` has something to say.
    package init?(_ text: String) {
        guard Self.complaint(about: text) == nil else { return nil }
        description = "<\(Self.bare(text))>"
    }

    /// What is wrong with a reference, or `nil` when nothing is.
    package static func complaint(about text: String) -> String? {
        let bare = bare(text)
        guard bare.utf8.count <= maximumBytes else { return "is longer than \(maximumBytes) bytes" }
        let parts = bare.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isPlain) }) else {
            return "must be the Message-ID of a mail, such as <20261126101500.12345-1-dev@example.org>"
        }
        return nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"<>()\"\\,;".utf8.contains(byte)
    }

    private static func bare(_ text: String) -> Substring {
        text.hasPrefix("<") && text.hasSuffix(">") && text.utf8.count > 2 ? text.dropFirst().dropLast() : text[...]
    }
}

extension MailReference: CodedAsText {
    package static let meaning = "a Message-ID"
}

/// A template for the subject of a mailed report: mustache over the members of the JSON report, as in callbacks.
package enum MailSubject {
    /// The largest template, in bytes.
    package static let maximumTemplateBytes = 500
    /// The longest subject, in Unicode scalars.
    package static let maximumLength = 200
    /// More than a template of a subject gives, unless it lists something.
    private static let maximumBytes = 4_000

    /// What is wrong with a template, or `nil` when nothing is.
    package static func complaint(about template: String) -> String? {
        guard template.utf8.count <= maximumTemplateBytes else { return "is longer than \(maximumTemplateBytes) bytes" }
        guard !template.contains(where: \.isNewline) else { return "must be one line" }
        return TemplateCheck.complaint(about: template, contentType: .text, parameters: [:], events: [.finished])
    }

    /// The subject; `nil` where the template gives none, or too much.
    package static func line(_ template: String, _ facts: TemplateFacts) -> String? {
        guard let body = try? BodyTemplate(template, contentType: .text),
            let text = try? body.render(facts, maximumBytes: maximumBytes)
        else { return nil }
        let line = HarmlessText.line(text, limit: maximumLength)
        return line.allSatisfy(\.isWhitespace) ? nil : line
    }
}

/// The line that ends a mail about a good build, such as `Tested-by: Lab <lab@example.org>`.
package enum MailTrailer {
    /// The longest, in Unicode scalars.
    package static let maximumLength = 200

    /// What is wrong with a trailer, or `nil` when nothing is. Its form is that of `git interpret-trailers`.
    package static func complaint(about text: String) -> String? {
        guard text.unicodeScalars.count <= maximumLength else { return "is longer than \(maximumLength) characters" }
        guard HarmlessText.line(text) == text, text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9-]*: \S(.*\S)?/) != nil else {
            return "must be one line such as \"Tested-by: Lab <lab@example.org>\""
        }
        return nil
    }
}
