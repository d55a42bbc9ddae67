// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Mail
import SMTP

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
