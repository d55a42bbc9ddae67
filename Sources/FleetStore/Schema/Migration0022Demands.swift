// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// What jobs have to bring before they pass: decision 42.
    static let demands = Migration(
        version: 22,
        name: "demands",
        sql: """
            alter table jobset
                -- what becomes of jobs that complete without a result; null: of jobsets from before this step, nothing
                add column empty_jobs text check (empty_jobs in ('incomplete', 'pass'));
            alter table job
                -- what results it is to bring
                add column expect jsonb;
            """
    )
}
