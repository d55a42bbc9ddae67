// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Postgres

extension PostgresTransaction {
    /// Cancels what is left of those of the jobsets of which more jobs have failed than may.
    ///
    /// The jobsets are locked. What a deadline ends is not canceled as well. A limit in percent holds once it is known
    /// of how many: when the jobset is sealed, or its total declared.
    func cancelBeyondFailures(_ ids: [UUID]) throws -> [FinishedJobset] {
        let rows = try query(
            """
            update jobset set canceled_at = now(), sealed = true,
                sealed_reason = case when sealed then sealed_reason else 'canceled' end, canceled_reason =
                failures || case when failures = 1 then ' job' else ' jobs' end || ' failed; max_failures is '
                    || coalesce(max_failures::text, max_failures_percent || '%')
            where id = any(\(ids)) and state = 'running' and canceled_at is null and deadline_passed_at is null
                and (failures > max_failures or failures::bigint * 100 > max_failures_percent::bigint
                    * case when sealed then total else declared_total end)
            returning id, canceled_reason
            """
        ).map { try $0.decode(UUID.self, String.self) }
        guard !rows.isEmpty else { return [] }
        try allowForSize()
        try recordEvent(.canceled, of: rows.map(\.0))
        return try rows.sorted { $0.0.uuidString < $1.0.uuidString }.flatMap { id, reason in
            let jobs = try query("select id from job where jobset_id = \(id) and state <> 'finished' order by id")
            let (_, finished) = try cancelJobs(try jobs.map { try $0.decode(Int.self) }, reason: reason)
            // It may have been open, with nothing left.
            return finished.isEmpty ? try finishJobsets([id]) : finished
        }
    }
}
