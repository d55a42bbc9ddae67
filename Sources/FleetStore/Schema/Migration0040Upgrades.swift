// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Which programs can work with the schema.
    static let upgrades = Migration(
        version: 40,
        name: "upgrades",
        sql: """
            alter table schema_migration
                -- programs that do not know the step can work with what it leaves
                add column is_expansion boolean not null default false,
                -- what only those use has been removed since
                add column contracted_at timestamptz;
            """
    )
}
