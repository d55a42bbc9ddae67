// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Reports for mailing lists: decision 50.
    static let lists = Migration(
        version: 28,
        name: "lists",
        sql: """
            -- what the build was made of, as the document has it
            alter table jobset add column source jsonb;
            alter table delivery
                -- how a mail is made, as it was settled when it was ordered; null: of mails from before this step
                add column mail_order jsonb,
                -- a delivery that nobody wanted is `skipped`, and last_error says why; `not valid`: no row has it yet
                drop constraint delivery_state_check,
                add constraint delivery_state_check check (state in ('due', 'delivered', 'failed', 'skipped')) not valid;
            """
    )
}
