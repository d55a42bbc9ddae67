// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Which token made which.
    static let tokenLines = Migration(
        version: 13,
        name: "token lines",
        sql: """
            -- the token that made it
            alter table token add column parent_id uuid references token on delete cascade;
            create index token_by_parent on token (parent_id) where parent_id is not null;

            -- of a refused addition: anybody may give one the id of somebody else's
            alter table rejected_document add column jobset_id uuid;
            """
    )
}
