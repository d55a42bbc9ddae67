// SPDX-License-Identifier: Apache-2.0

import Crypto
import Fleet
import FleetStore
import Foundation
import Mail
import SMTP

/// An archived report as a mail.
struct MailedReport {
    let text: String
    let html: String?
    /// The report as JUnit XML, if it is attached.
    let junit: String?
    let build: Build
    /// Where the jobset stands on the dashboard, where the text does not say so itself.
    let page: String?

    /// The message of a delivery, the same each time.
    ///
    /// - Throws: ``NotMailable``, which a valid configuration does not lead to.
    func message(
        _ sending: MailSending,
        to receiver: MailAddress,
        _ order: MailOrder,
        _ delivery: DueDelivery
    ) throws -> MailMessage {
        let name = order.isShared ? "report.\(delivery.jobsetID.text).\(delivery.generation)" : delivery.id.text
        guard let id = MessageID(name, domain: sending.domain) else {
            throw NotMailable(description: "mail.from makes no Message-ID")
        }
        let (attachments, note) = attachment(atMost: sending.maximumAttachmentBytes)
        let remarks = [page, note].compactMap(\.self)
        var text = ([text] + remarks).joined(separator: "\n")
        if let trailer = order.trailer { text += "\(remarks.isEmpty ? "" : "\n")\n\(trailer)\n" }
        var message = MailMessage(
            from: sending.from,
            fromName: sending.fromName,
            to: order.isShared ? order.to : [receiver],
            subject: delivery.body ?? "\(build)",
            date: delivery.createdAt,
            id: id,
            thread: order.thread.map { MessageID($0) } ?? MessageID("project.\(projectDigest)", domain: sending.domain),
            text: text,
            html: html,
            attachments: attachments
        )
        message.cc = order.isShared ? order.cc : []
        message.envelope = [receiver]
        message.isPlain = order.format == .text
        return message
    }

    private func attachment(atMost limit: Int) -> ([MailAttachment], note: String?) {
        guard let junit else { return ([], nil) }
        guard junit.utf8.count <= limit else {
            return ([], "The JUnit report is not attached: it has \(junit.utf8.count) bytes.")
        }
        return ([MailAttachment(name: "junit.xml", kind: .xml, text: junit)], nil)
    }

    /// All mails of a project are one thread, of which this is the name; the project's own may have any form.
    private var projectDigest: String {
        SHA256.hash(data: Data("\(build.group)/\(build.project)".utf8)).prefix(16).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
