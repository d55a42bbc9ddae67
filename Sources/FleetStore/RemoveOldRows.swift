// SPDX-License-Identifier: Apache-2.0

import Postgres

/// What belongs to no jobset and goes by its age alone, in small steps: decision 55.
extension FleetStore {
    /// How many rows one step removes from a table, and how many documents, which can have a megabyte each.
    package static let totalsAtOnce = 10_000
    package static let rejectedAtOnce = 200

    /// The tables of totals, with the column that says which hour or day a row is of; each has an index on it.
    private static let totals = [
        (table: "job_hour", period: "hour"), ("reason_day", "day"), ("lab_hour", "hour"), ("lab_day", "day"),
        ("device_hour", "hour"), ("suite_day", "day"), ("test_day", "day"),
    ]

    /// Removes some of the refused documents that were first received longer ago than this.
    ///
    /// - Returns: how many; `nil` if somebody else is at it.
    package func removeRejected(olderThan age: Duration) async throws -> Int? {
        try await transaction(idempotent: false) { sql -> Int? in
            guard try sql.beginAlone(.retention) else { return nil }
            // The oldest have the lowest numbers, so those that stay are not looked at.
            return try sql.execute(
                """
                delete from rejected_document where received_at < now() - \(age) and id in (
                    select id from rejected_document order by id limit \(Self.rejectedAtOnce)
                )
                """
            )
        }
    }

    /// Removes some of the totals of hours and days that are longer ago than this.
    ///
    /// - Returns: how many; `nil` if somebody else is at it, or adds up just now.
    package func removeTotals(olderThan age: Duration) async throws -> Int? {
        try await transaction(idempotent: false) { sql -> Int? in
            guard try sql.beginAlone(.rollup) else { return nil }
            var removed = 0
            for (table, period) in Self.totals {
                removed += try sql.execute(
                    """
                    delete from \(unsafeSQL: table) where ctid = any(array(
                        select ctid from \(unsafeSQL: table)
                        where \(unsafeSQL: period) < date_trunc('\(unsafeSQL: period)', now() - \(age))
                        limit \(Self.totalsAtOnce)
                    ))
                    """
                )
            }
            return removed
        }
    }
}
