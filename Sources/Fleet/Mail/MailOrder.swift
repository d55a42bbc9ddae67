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
