// SPDX-License-Identifier: Apache-2.0

extension Migration {
    /// Receivers of all events of a project: decision 53.
    static let webhooks = Migration(
        version: 31,
        name: "webhooks",
        sql: """
            create table webhook (
                build_group text not null,
                build_project text not null,
                name text not null,
                -- how it is called; null: notifiers have it from their configuration
                request jsonb,
                -- scheme, host and port: path and query may hold a token
                receiver text not null,
                events jsonb not null,
                is_enabled boolean not null,
                progress_seconds integer not null check (progress_seconds > 0),
                progress_percent integer not null check (progress_percent between 1 and 100),
                created_by text,
                created_at timestamptz not null default now(),
                primary key (build_group, build_project, name)
            );

            alter table delivery
                -- the webhook of its project that it is for
                add column webhook text not null default '',
                -- counts those of an event that happens more than once in a generation
                add column occurrence integer not null default 0,
                drop constraint delivery_kind_check,
                drop constraint delivery_event_check,
                drop constraint delivery_jobset_id_generation_event_kind_receiver_key,
                add constraint delivery_once unique (jobset_id, generation, event, kind, receiver, webhook, occurrence);
            -- Rows that are there satisfy the narrower rules, and are too many to be looked at again.
            alter table delivery
                add constraint delivery_kind_check
                    check (kind in ('report', 'callback', 'squad', 'mail', 'warning', 'kcidb', 'webhook')) not valid,
                add constraint delivery_event_check
                    check (event in ('finished', 'first_failure', 'deadline', 'canceled', 'accepted', 'progress')) not valid;
            create index delivery_of_webhook on delivery (webhook, created_at) where webhook <> '';
            \(order)
            """
    )

    /// Deliveries are ordered by trigger, whatever statement makes the event happen, in its transaction.
    private static let order = """
        create function order_webhooks() returns trigger language plpgsql as $order$
        begin
            insert into delivery (jobset_id, generation, event, kind, receiver, webhook, data)
            select new.id, new.generation, happened.what, 'webhook', hook.receiver, hook.name,
                case when happened.what <> 'finished' then jsonb_build_object(
                    'at', extract(epoch from now()), 'total', new.total, 'pending', new.pending,
                    'failures', new.failures, 'reason', new.canceled_reason,
                    'deadline', extract(epoch from new.deadline)
                ) end
            from (values
                ('accepted', tg_op = 'INSERT' or new.generation > old.generation),
                ('deadline', tg_op = 'UPDATE' and new.deadline_passed_at is not null and old.deadline_passed_at is null),
                ('canceled', tg_op = 'UPDATE' and new.canceled_at is not null and old.canceled_at is null),
                ('finished', tg_op = 'UPDATE' and new.state = 'finished' and old.state <> 'finished')
            ) as happened (what, is_so) join webhook as hook
                on hook.build_group = new.build_group and hook.build_project = new.build_project and hook.is_enabled
                    and hook.events @> to_jsonb(happened.what)
            where happened.is_so
            on conflict do nothing;
            return null;
        end
        $order$;
        create trigger order_webhooks_insert after insert on jobset for each row execute function order_webhooks();
        create trigger order_webhooks_update
            after update of state, generation, canceled_at, deadline_passed_at on jobset for each row
            when (
                new.state is distinct from old.state or new.generation is distinct from old.generation
                    or new.canceled_at is distinct from old.canceled_at
                    or new.deadline_passed_at is distinct from old.deadline_passed_at
            ) execute function order_webhooks();
        """
}
