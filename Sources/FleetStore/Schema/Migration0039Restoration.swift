// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// What a fleet needs to find its lab jobs again after its database was restored to an earlier time.
    static let restoration = Migration(
        version: 39,
        name: "restoration",
        sql: """
            -- one row
            create table fleet (
                is_only boolean primary key default true check (is_only),
                -- goes into the id of each attempt, so that nobody else can tell it before
                seed uuid not null default gen_random_uuid(),
                -- the time to which the database was restored: labs may have attempts from then on that are not here
                restored_to timestamptz,
                -- until then labs are asked for each new attempt before it is sent
                look_first_until timestamptz
            );
            insert into fleet default values;
            """
    )
}
