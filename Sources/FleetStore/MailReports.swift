// SPDX-License-Identifier: Apache-2.0

public import Fleet
public import Foundation
import Postgres

extension FleetStore {
    /// Has the report of a jobset's finished generation mailed to those that its document names, and to `others`. Asking
    /// again changes nothing.
    public func addMails(of jobset: UUID, generation: Int, subject: String, to others: [MailAddress]) async throws {
        try await client.execute(
            """
            insert into delivery (jobset_id, generation, event, kind, receiver, body)
            select \(jobset), \(generation), 'finished', 'mail', address, \(subject) from (
                select jsonb_array_elements_text(report -> 'mail') from jobset where id = \(jobset)
                union select unnest(\(others.map(\.description)))
            ) as receivers (address)
            on conflict do nothing
            """,
            idempotent: true
        )
    }
}
