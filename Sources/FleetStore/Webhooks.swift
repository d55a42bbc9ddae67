// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation
import Postgres

/// Receivers of all events of a project. Deliveries to them are ordered by trigger (`Migration0031Webhooks`).
extension FleetStore {
    /// Brings the webhooks that are stored into line with those of the configuration. What is not in it any more is gone,
    /// and so is what was still to be delivered to it. One that somebody has added under such a name gives way.
    ///
    /// How they are called stays in the configuration: it may hold tokens.
    package func registerWebhooks(_ webhooks: [ConfiguredWebhook]) async throws {
        let keys = webhooks.map { "\($0.group)/\($0.project)/\($0.name)" }
        let events = try webhooks.map { try Self.json($0.terms.events) }
        let shapes = try webhooks.map { try Self.json($0.request.shape) }
        try await transaction { sql in
            let gone = try sql.query(
                """
                delete from webhook where request is null
                    and build_group || '/' || build_project || '/' || name <> all(\(keys))
                returning build_group, build_project, name
                """
            ).map { try $0.decode(String.self, String.self, String.self) }
            for (group, project, name) in gone { try sql.giveUpDeliveries(to: name, of: group, project) }
            try sql.execute(
                """
                insert into webhook (build_group, build_project, name, receiver, events, is_enabled, progress_seconds,
                    progress_percent, shape)
                select build_group, build_project, name, receiver, events::jsonb, is_enabled, seconds, percent, shape::jsonb
                from unnest(
                    \(webhooks.map(\.group)), \(webhooks.map(\.project)), \(webhooks.map(\.name)),
                    \(webhooks.map(\.receiver)), \(events), \(webhooks.map(\.terms.isEnabled)),
                    \(webhooks.map(\.terms.progress.seconds)), \(webhooks.map(\.terms.progress.percent)), \(shapes)
                ) as given (build_group, build_project, name, receiver, events, is_enabled, seconds, percent, shape)
                on conflict (build_group, build_project, name) do update set
                    request = null, receiver = excluded.receiver, events = excluded.events,
                    is_enabled = excluded.is_enabled, progress_seconds = excluded.progress_seconds,
                    progress_percent = excluded.progress_percent, created_by = null, shape = excluded.shape,
                    secrets = null, rotated_at = null
                """
            )
        }
    }

    static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    /// The most events of progress that are ordered at once.
    private static let progressBatch = 1_000

    /// Orders events of progress for webhooks that want them: of running jobsets in which enough jobs have ended since the
    /// last one, long enough ago. Two that do so at once order each once.
    ///
    /// - Returns: how many.
    package func orderProgress() async throws -> Int {
        let isWanted = try await query(
            "select exists (select from webhook where is_enabled and events @> '[\"progress\"]')"
        ).one().decode(Bool.self)
        guard isWanted else { return 0 }
        return try await execute(
            """
            with running as materialized (
                select * from jobset where state = 'running' and total > 0
            )
            insert into delivery (jobset_id, generation, event, kind, receiver, webhook, occurrence, data)
            select jobset.id, jobset.generation, 'progress', 'webhook', hook.receiver, hook.name,
                coalesce(last.occurrence, 0) + 1, \(unsafeSQL: PostgresTransaction.eventData)
            from running as jobset join webhook as hook
                on hook.build_group = jobset.build_group and hook.build_project = jobset.build_project
                    and hook.is_enabled and hook.events @> '["progress"]'
                left join lateral (
                    select occurrence, created_at, \(unsafeSQL: Self.share("(data ->> 'total')::bigint", "(data ->> 'pending')::bigint"))
                        as share
                    from delivery
                    where jobset_id = jobset.id and generation = jobset.generation and event = 'progress'
                        and kind = 'webhook' and receiver = hook.receiver and webhook = hook.name
                    order by occurrence desc limit 1
                ) as last on true
            where coalesce(last.created_at, jobset.generation_started_at)
                    <= now() - make_interval(secs => hook.progress_seconds)
                and \(unsafeSQL: Self.share("jobset.total::bigint", "jobset.pending::bigint"))
                    >= coalesce(last.share, 0) + hook.progress_percent
            limit \(Self.progressBatch)
            on conflict do nothing
            """,
            idempotent: false
        )
    }

    /// How much of the jobs have ended, in percent.
    private static func share(_ total: String, _ pending: String) -> String {
        "100 * (\(total) - \(pending)) / greatest(\(total), 1)"
    }
}

extension PostgresTransaction {
    /// Gives up what was still to be delivered to a webhook that is gone.
    func giveUpDeliveries(to webhook: String, of group: String, _ project: String) throws {
        try execute(
            """
            update delivery set state = 'failed', ended_at = now(), claimed_until = null,
                last_error = 'the project has no such webhook any more'
            where webhook_project = \(FleetStore.key(group, project)) and webhook = \(webhook) and webhook <> ''
                and state = 'due'
            """
        )
    }
}
