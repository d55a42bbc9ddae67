// SPDX-License-Identifier: Apache-2.0

import Postgres

/// How many pages of tables and indexes a step of the store touches, in memory or not, as the server counts them
/// (`pg_statio_user_tables`, `pg_statio_user_indexes`).
///
/// So what is measured is what the store sends, by the plans that were taken for it, and no copy of it.
struct PagesRead {
    /// What one relation was touched for.
    struct Relation: Sendable {
        let name: String
        let pages: Int
    }

    let client: PostgresClient
    let schema: String

    /// The pages that `body` touches, the most touched relation first.
    ///
    /// The client has one connection, so that the server has counted all of it when it is asked.
    func count<Result>(_ body: () async throws -> Result) async throws -> (result: Result, pages: [Relation]) {
        let before = try await all()
        let result = try await body()
        let pages = try await all().compactMap { name, pages in
            let touched = pages - (before[name] ?? 0)
            return touched > 0 ? Relation(name: name, pages: touched) : nil
        }
        return (result, pages.sorted { $0.pages > $1.pages })
    }

    private func all() async throws -> [String: Int] {
        try await client.execute("select pg_stat_force_next_flush()")
        let rows = try await client.query(
            """
            select relname::text, (heap_blks_read + heap_blks_hit)::bigint from pg_statio_user_tables
            where schemaname = \(schema)
            union all
            select indexrelname::text, (idx_blks_read + idx_blks_hit)::bigint from pg_statio_user_indexes
            where schemaname = \(schema)
            """
        )
        return Dictionary(try rows.map { try $0.decode(String.self, Int.self) }) { first, _ in first }
    }
}
