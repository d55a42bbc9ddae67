// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// When each generation but the first began.
    static let retries = Migration(
        version: 24,
        name: "retries",
        sql: """
            alter table jobset_end
                -- when the next generation began; null: before this step of the schema
                add column retried_at timestamptz;
            alter table jobset_end alter column retried_at set default now();
            """
    )
}
