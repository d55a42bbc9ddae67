// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Redelivery by hand, and receivers that take nothing.
    static let deliveries = Migration(
        version: 6,
        name: "deliveries",
        sql: """
            alter table delivery
                -- how many tries there had been when the present round of them began: redelivery begins another
                add column earlier_tries integer not null default 0 check (earlier_tries between 0 and tries);

            -- receivers that have taken nothing since their last success; the first success removes the row
            create table failing_receiver (
                -- scheme, host and port: a path may hold a token
                receiver text primary key,
                since timestamptz not null,
                last_at timestamptz not null,
                failures bigint not null,
                last_error text,
                -- when it was said that it fails
                marked_at timestamptz
            );

            create index delivery_try_by_age on delivery_try (started_at);
            """
    )
}
