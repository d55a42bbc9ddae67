// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A mail of a report to one receiver, to be ordered.
package struct OrderedMail: Sendable, Equatable, Codable {
    package let receiver: MailAddress
    package let order: MailOrder
    /// Why it is not sent; `nil`: it is.
    package let skipped: String?

    /// A mail as given.
    package init(to receiver: MailAddress, _ order: MailOrder, skippedBecause reason: String? = nil) {
        self.receiver = receiver
        self.order = order
        skipped = reason
    }
}

extension FleetStore {
    /// What a jobset's document asks for its report; `nil` where it asks for nothing.
    package func reportRequest(of jobset: UUID) async throws -> ReportRequest? {
        try await query("select report from jobset where id = \(jobset)").first?
            .decode(PostgresJSON<ReportRequest>?.self)?.value
    }

    /// Has the report of a jobset's finished generation mailed. Asking again changes nothing.
    package func addMails(
        of jobset: UUID,
        generation: Int,
        subject: String,
        _ mails: [OrderedMail]
    ) async throws {
        guard !mails.isEmpty else { return }
        try await execute(
            """
            insert into delivery (jobset_id, generation, event, kind, receiver, body, mail_order, state, last_error)
            select \(jobset), \(generation), \(JobsetEvent.finished), \(DeliveryKind.mail), mail ->> 'receiver', \(subject),
                mail -> 'order', case when mail ->> 'skipped' is null then 'due' else 'skipped' end, mail ->> 'skipped'
            from jsonb_array_elements(\(PostgresJSON(mails))) as mails (mail)
            on conflict do nothing
            """
        )
    }
}

/// What is mailed when a receiver of callbacks has failed for long.
package struct ReceiverWarning: Sendable {
    /// The delivery that it did not take last.
    package let delivery: DueDelivery
    /// Who is told, besides those that the jobset's document names for its report.
    package let receivers: [MailAddress]
    /// How reports are mailed to those that the document names, if it does not say so.
    package let usualFormat: MailFormat
    /// The mail: a line that is its subject, and all that is to be said.
    package let text: @Sendable (FailingReceiver) -> String

    /// A warning as given.
    package init(
        of delivery: DueDelivery,
        to receivers: [MailAddress],
        usualFormat: MailFormat,
        text: @escaping @Sendable (FailingReceiver) -> String
    ) {
        self.delivery = delivery
        self.receivers = receivers
        self.usualFormat = usualFormat
        self.text = text
    }
}

extension PostgresTransaction {
    /// Has a warning mailed to those that the jobset's document names, and to others, each once. What fails to take a call
    /// that the project wants is no matter of whoever published the document.
    func addMails(_ warning: ReceiverWarning, of receiver: FailingReceiver) throws {
        let delivery = warning.delivery
        try execute(
            """
            insert into delivery (jobset_id, generation, event, kind, receiver, body)
            select \(delivery.jobsetID), \(delivery.generation), \(delivery.event), \(DeliveryKind.warning), address,
                \(warning.text(receiver))
            from (
                select jsonb_array_elements_text(report -> 'mail') from jobset
                where id = \(delivery.jobsetID) and \(delivery.kind == .callback)
                    and coalesce(report ->> 'format', \(warning.usualFormat.rawValue)) <> \(MailFormat.text.rawValue)
                union select unnest(\(warning.receivers.map(\.description)))
            ) as receivers (address)
            on conflict do nothing
            """
        )
    }
}
