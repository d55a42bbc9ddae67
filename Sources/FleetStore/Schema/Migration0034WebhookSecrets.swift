// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Secrets of added webhooks, and what any notifier can make of those of the configuration: decision 57. Lists of failing
    /// tests.
    static let webhookSecrets = Migration(
        version: 34,
        name: "webhook secrets",
        sql: """
            alter table webhook
                -- what it signs with, the present one first, each but that with its end; null: what the configuration has
                add column secrets jsonb,
                add column rotated_at timestamptz,
                -- of one from the configuration, what any notifier needs to make a body; no tokens
                add column shape jsonb;

            -- A webhook's name is its project's own, so that alone finds deliveries of others too.
            alter table delivery add column webhook_project text;
            create function note_webhook_project() returns trigger language plpgsql as $note$
            begin
                select build_group || '/' || build_project into new.webhook_project from jobset where id = new.jobset_id;
                return new;
            end
            $note$;
            create trigger note_webhook_project before insert on delivery for each row when (new.webhook <> '')
                execute function note_webhook_project();
            update delivery set webhook_project = build_group || '/' || build_project
                from jobset where jobset.id = jobset_id and webhook <> '';
            drop index delivery_of_webhook;
            create index delivery_of_webhook on delivery (webhook_project, webhook, created_at) where webhook <> '';

            -- the days on which a project's list of failing tests was mailed
            create table mail_digest (
                build_group text not null,
                build_project text not null,
                day date not null,
                primary key (build_group, build_project, day)
            );
            alter table delivery drop constraint delivery_kind_check;
            -- Rows that are there satisfy the narrower rule, and are too many to be looked at again.
            alter table delivery add constraint delivery_kind_check check (
                kind in ('report', 'callback', 'squad', 'mail', 'warning', 'kcidb', 'webhook', 'digest')
            ) not valid;
            """
    )
}
