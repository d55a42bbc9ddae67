// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Results pushed into a SQUAD.
    static let squad = Migration(
        version: 8,
        name: "squad",
        sql: """
            alter table delivery
                drop constraint delivery_kind_check,
                add constraint delivery_kind_check check (kind in ('report', 'callback', 'squad')),
                -- of a delivery in pieces, how many of the jobset's jobs have been taken
                add column jobs_delivered integer not null default 0;
            """
    )
}
