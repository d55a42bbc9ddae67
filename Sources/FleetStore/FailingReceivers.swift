// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation
import Postgres

/// A receiver that has taken nothing since its last success.
package struct FailingReceiver: Sendable, Equatable, Decodable {
    /// Scheme, host and port.
    package let receiver: String
    /// When the first try after its last success failed.
    package let since: Date
    /// How many tries have failed since.
    package let failures: Int
    /// What the last of them failed with.
    package let lastError: String?
}

/// Nothing is held back from a receiver that fails: it is only said, once, to those who can mend it.
extension FleetStore {
    /// The receiver of a callback's URL; `nil` for what is none.
    package static func receiver(of url: String) -> String? {
        guard let start = url.range(of: "://")?.upperBound else { return nil }
        return url[..<start].lowercased() + url[start...].prefix { !"/?#".contains($0) }.lowercased()
    }

    /// Notes that a try failed. When that goes on for `limit` it is marked, and `warning` is mailed, by one transaction;
    /// until then nobody is asked for a warning.
    ///
    /// - Returns: the receiver, if it was marked by this very call: to be said by the caller.
    package func noteFailure(
        of receiver: String,
        error: String?,
        limit: Duration,
        warning: () async throws -> ReceiverWarning? = { nil }
    ) async throws -> FailingReceiver? {
        let noted = try await query(
            """
            insert into failing_receiver as known (receiver, since, last_at, failures, last_error)
            values (\(receiver), now(), now(), 1, \(error.map(\.storable)))
            on conflict (receiver) do update
                set last_at = now(), failures = known.failures + 1, last_error = excluded.last_error
            returning marked_at is null and since <= now() - \(limit)
            """,
            idempotent: false
        )
        guard try noted.first?.decode(Bool.self) == true else { return nil }
        let warning = try await warning()
        return try await transaction(idempotent: false) { sql in
            let marked = try sql.query(
                """
                update failing_receiver set marked_at = now()
                where receiver = \(receiver) and marked_at is null
                    and since <= now() - \(limit)
                returning receiver, since, failures, last_error
                """
            ).first?.decode(FailingReceiver.self)
            if let marked, let warning { try sql.addMails(warning, of: marked) }
            return marked
        }
    }

    /// Notes that a receiver took something: what was held against it is forgotten.
    ///
    /// - Returns: whether it had been marked.
    package func forgiveReceiver(_ receiver: String) async throws -> Bool {
        let rows = try await query(
            "delete from failing_receiver where receiver = \(receiver) returning marked_at is not null",
            idempotent: false
        )
        return try rows.first?.decode(Bool.self) ?? false
    }

    /// The receivers that have failed for `limit`, longest first.
    package func failingReceivers(for limit: Duration, most: Int = 1_000) async throws -> [FailingReceiver] {
        let rows = try await query(
            """
            select receiver, since, failures, last_error from failing_receiver
            where since <= now() - \(limit) order by since limit \(most)
            """
        )
        return try rows.decode(FailingReceiver.self)
    }
}
