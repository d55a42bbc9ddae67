// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Reports by mail.
    static let mail = Migration(
        version: 9,
        name: "mail",
        sql: """
            -- who is sent the report, as the document has it
            alter table jobset add column report jsonb;
            alter table delivery
                drop constraint delivery_kind_check,
                add constraint delivery_kind_check check (kind in ('report', 'callback', 'squad', 'mail', 'warning'));
            """
    )
}
