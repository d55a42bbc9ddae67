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

/// A mail to those whose callbacks are not taken.
struct MailedWarning {
    /// The message of a delivery, the same each time: its first line is the subject.
    ///
    /// - Throws: ``NotMailable``, which a valid configuration does not lead to.
    func message(_ sending: MailSending, to receiver: MailAddress, _ delivery: DueDelivery) throws -> MailMessage {
        guard let id = MessageID(delivery.id.text, domain: sending.domain) else {
            throw NotMailable(description: "mail.from makes no Message-ID")
        }
        let lines = (delivery.body ?? "").split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        return MailMessage(
            from: sending.from,
            fromName: sending.fromName,
            to: [receiver],
            subject: String(lines.first ?? ""),
            date: delivery.createdAt,
            id: id,
            text: String(lines.last ?? "")
        )
    }

    /// What is said: a line in few words, and all of it.
    static func text(about receiver: FailingReceiver, _ build: Build, _ jobset: UUID) -> String {
        let name = HarmlessText.line(receiver.receiver, limit: 200)
        let since = receiver.since.formatted(.iso8601)
        let error = receiver.lastError.map { "The last one: \(HarmlessText.line($0, limit: 300))\n" } ?? ""
        return """
            [\(build.group)/\(build.project)] \(name) has accepted no callbacks since \(since)
            \(name) has accepted no callbacks since \(since); \(receiver.failures) tries have failed.
            \(error)
            Nothing is dropped: each callback is tried until its schedule ends, and one that was given up can be sent
            again. To see and repeat the callbacks of the jobset at hand, \(build):

                muster deliveries \(jobset.text)
                muster redeliver --failed \(jobset.text)

            You get no other mail about this receiver before it has accepted a callback again.
            """
    }
}

/// A project's list of failing tests, as it is mailed.
enum MailedDigest {
    /// A line that is its subject, and all that is to be said.
    static func text(_ tests: [FailingTest], of project: String, publicURL: String?) -> String {
        let total = tests.first?.total ?? 0
        let count = total == 1 ? "1 test fails" : "\(total) tests fail"
        var lines = ["[\(project)] Weekly digest: \(total == 0 ? "no test fails" : count)"]
        if total == 0 {
            lines.append("No test of \(project) failed when its suite last ran within the last 30 days.")
        } else {
            let listed = total > tests.count ? " The first \(tests.count) by environment and suite are listed." : ""
            lines.append(
                "\(count) in \(project), each when its suite last ran.\(listed) The oldest failures come first."
            )
        }
        var since: String?
        for test in tests {
            let heading = heading(test)
            if heading != since { lines += ["", heading] }
            since = heading
            let times = test.failures == 1 ? "once" : "\(test.failures) times"
            let name = HarmlessText.line("\(test.suite)/\(test.name)", limit: 300)
            lines.append("  \(HarmlessText.line(test.environment, limit: 100)): \(name) (\(times))")
        }
        if total > tests.count { lines += ["", "\(total - tests.count) more are not listed."] }
        if let publicURL { lines += ["", PublicPage.address("/projects/\(project)", at: publicURL)] }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func heading(_ test: FailingTest) -> String {
        let day = test.since.formatted(.iso8601.year().month().day())
        return test.sinceVersion.map { "since \(HarmlessText.line($0, limit: 100)) (\(day)):" } ?? "since \(day):"
    }
}
