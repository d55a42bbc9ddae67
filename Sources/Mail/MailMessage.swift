// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import struct Foundation.Date

/// One message by RFC 5322, from values that others may have written.
///
/// The same values give the same bytes, so that what is sent again after a crash is the same message.
package struct MailMessage: Sendable, Hashable {
    /// Whom it comes from.
    package var from: MailAddress
    /// The name shown beside ``from``, in any script; empty for none.
    package var fromName: String
    /// Whom it names as its receivers.
    package var to: [MailAddress]
    /// Whom it names as receivers of a copy.
    package var cc: [MailAddress] = []
    /// Whom it is sent to, of those that it names; `nil`: all.
    package var envelope: [MailAddress]?
    /// One line in any script; what breaks or controls lines in it becomes a space.
    package var subject: String
    /// When it was made, not when it is sent.
    package var date: Date
    /// What it is known by.
    package var id: MessageID
    /// What mail clients put it beneath: the same for all messages of one thread.
    package var thread: MessageID?
    /// The message for people without HTML.
    package var text: String
    /// The same as HTML.
    package var html: String?
    /// Files that go with it.
    package var attachments: [MailAttachment]
    /// Whether it is for a mailing list: with a subject in plain ASCII, and text as it is wherever it can be.
    package var isPlain = false

    /// Whom it is sent to.
    package var receivers: [MailAddress] { envelope ?? to + cc }

    /// A message from its parts.
    package init(
        from: MailAddress,
        fromName: String = "",
        to: [MailAddress],
        subject: String,
        date: Date,
        id: MessageID,
        thread: MessageID? = nil,
        text: String,
        html: String? = nil,
        attachments: [MailAttachment] = []
    ) {
        self.from = from
        self.fromName = fromName
        self.to = to
        self.subject = subject
        self.date = date
        self.id = id
        self.thread = thread
        self.text = text
        self.html = html
        self.attachments = attachments
    }

    /// The message as it goes over the wire: ASCII, lines of at most 998 bytes that end in CRLF. Lines that begin with a
    /// dot are for the transport to double.
    package func rendered() -> String {
        var headers = [
            "From: \(sender)",
            "To: \(Self.list(to))",
        ]
        if !cc.isEmpty { headers.append("Cc: \(Self.list(cc))") }
        let used = "Subject: ".utf8.count
        headers += [
            "Subject: \(isPlain ? HeaderText.folded(subject, after: used) : HeaderText.encoded(subject, after: used))",
            "Date: \(MailDate.text(date))",
            "Message-ID: \(id)",
        ]
        if let thread { headers += ["In-Reply-To: \(thread)", "References: \(thread)"] }
        // RFC 3834: keeps holiday notices from answering.
        headers += ["Auto-Submitted: auto-generated", "MIME-Version: 1.0"]
        return headers.map { $0 + "\r\n" }.joined() + body.rendered
    }

    private static func list(_ addresses: [MailAddress]) -> String {
        addresses.map(\.description).joined(separator: ",\r\n ")
    }

    private var sender: String {
        guard !fromName.isEmpty else { return from.description }
        return "\(isPlain ? HeaderText.plainPhrase(fromName) : HeaderText.phrase(fromName))\r\n <\(from)>"
    }

    /// Both forms of the text as alternatives, the better one last, inside a mixture only when files go with them.
    private var body: MIMEPart {
        let plain = isPlain ? MIMEPart.plainText(text) : MIMEPart.text(text, subtype: "plain")
        let readable = html.map { MIMEPart.multipart("alternative", [plain, .text($0, subtype: "html")]) } ?? plain
        return attachments.isEmpty
            ? readable
            : .multipart("mixed", [readable] + attachments.map(MIMEPart.attachment))
    }
}

/// A file that goes with a message.
package struct MailAttachment: Sendable, Hashable {
    /// What a file can be; a closed list, so that no text of others becomes a header's value.
    package enum Kind: String, Sendable, Hashable {
        case xml = "application/xml"
        case json = "application/json"
    }

    /// What mail clients save it as, in any script; its last 60 characters are sent.
    package var name: String
    /// What is in it.
    package var kind: Kind
    /// The file, in UTF-8.
    package var text: String

    /// A file from its parts.
    package init(name: String, kind: Kind, text: String) {
        self.name = name
        self.kind = kind
        self.text = text
    }
}

/// What a message is known by, for ever: the same message sent twice has the same, and mail clients thread by it.
package struct MessageID: Sendable, Hashable, CustomStringConvertible {
    /// As headers have it: `<left@domain>`.
    package let description: String

    /// `nil` when `left@domain` is not of the form of a ``MailAddress``, which is stricter than RFC 5322 asks.
    package init?(_ left: String, domain: String) {
        guard let both = MailAddress("\(left)@\(domain)") else { return nil }
        description = "<\(both)>"
    }

    /// That of somebody else's mail.
    package init(_ reference: MailReference) { description = reference.description }
}
