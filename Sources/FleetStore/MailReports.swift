// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

extension FleetStore {
    /// Has the report of a jobset's finished generation mailed to those that its document names, and to `others`. Asking
    /// again changes nothing.
    package func addMails(of jobset: UUID, generation: Int, subject: String, to others: [MailAddress]) async throws {
        try await transaction { sql in
            try sql.addMails(of: jobset, generation: generation, event: .finished, .mail, body: subject, to: others)
        }
    }
}

/// What is mailed when a receiver of callbacks has failed for long.
package struct ReceiverWarning: Sendable {
    /// The delivery that it did not take last.
    package let delivery: DueDelivery
    /// Who is told, besides those that the jobset's document names for its report.
    package let receivers: [MailAddress]
    /// The mail: a line that is its subject, and all that is to be said.
    package let text: @Sendable (FailingReceiver) -> String

    /// A warning as given.
    package init(
        of delivery: DueDelivery,
        to receivers: [MailAddress],
        text: @escaping @Sendable (FailingReceiver) -> String
    ) {
        self.delivery = delivery
        self.receivers = receivers
        self.text = text
    }
}

extension PostgresTransaction {
    /// Has a warning mailed.
    func addMails(_ warning: ReceiverWarning, of receiver: FailingReceiver) throws {
        let delivery = warning.delivery
        try addMails(
            of: delivery.jobsetID,
            generation: delivery.generation,
            event: delivery.event,
            .warning,
            body: warning.text(receiver),
            to: warning.receivers
        )
    }

    /// Mails to those that a jobset's document names, and to `others`, each once.
    fileprivate func addMails(
        of jobset: UUID,
        generation: Int,
        event: JobsetEvent,
        _ kind: DeliveryKind,
        body: String,
        to others: [MailAddress]
    ) throws {
        try execute(
            """
            insert into delivery (jobset_id, generation, event, kind, receiver, body)
            select \(jobset), \(generation), \(event), \(kind), address, \(body) from (
                select jsonb_array_elements_text(report -> 'mail') from jobset where id = \(jobset)
                union select unnest(\(others.map(\.description)))
            ) as receivers (address)
            on conflict do nothing
            """
        )
    }
}
