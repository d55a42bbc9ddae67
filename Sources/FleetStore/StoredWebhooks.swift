// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// The most webhooks of a project that can be added, beside those of the configuration.
package let maximumWebhooks = 20

extension FleetStore {
    /// The webhooks of a project by name, with what became of their deliveries of the last week.
    ///
    /// - Parameter name: Only this one.
    package func webhooks(of group: String, _ project: String, named name: String? = nil) async throws -> [Webhook] {
        try await query(
            """
            select \(unsafeSQL: Webhook.columns), told.*
            from webhook left join lateral (
                select count(*) filter (where delivery.state = 'delivered') as delivered,
                    count(*) filter (where delivery.state = 'due') as due,
                    count(*) filter (where delivery.state = 'failed') as failed,
                    max(ended_at) filter (where delivery.state = 'delivered') as last_delivered_at,
                    (array_agg(last_error order by coalesce(ended_at, delivery.created_at) desc)
                        filter (where last_error is not null and delivery.state <> 'delivered'))[1] as last_error
                from delivery
                where delivery.webhook_project = \(Self.key(group, project)) and delivery.webhook = webhook.name
                    and delivery.webhook <> '' and delivery.created_at > now() - interval '7 days'
            ) as told on true
            where webhook.build_group = \(group) and webhook.build_project = \(project)
                and webhook.name = coalesce(\(name), webhook.name)
            order by webhook.name
            """
        ).decode(Webhook.self)
    }

    /// A project as deliveries to webhooks have it.
    static func key(_ group: String, _ project: String) -> String { "\(group)/\(project)" }

    /// One webhook of a project.
    ///
    /// - Throws: ``FleetRefusal`` when it has none of this name.
    private func webhook(_ name: String, of group: String, _ project: String) async throws -> Webhook {
        guard let webhook = try await webhooks(of: group, project, named: name).first else {
            throw FleetRefusal.noSuchWebhook(name: name)
        }
        return webhook
    }

    /// Adds a webhook to a project, or changes one that was added.
    ///
    /// - Throws: ``FleetRefusal`` when the project has too many, or has one of this name in the configuration.
    package func putWebhook(
        _ wish: WebhookWish,
        of group: String,
        _ project: String,
        by author: String
    ) async throws -> Webhook {
        let receiver = try WebhookURL(wish.url).origin
        let terms = wish.terms
        let events = try Self.json(terms.events)
        try await transaction { sql in
            // So that two at once don't both take the last place.
            try sql.execute(
                "select pg_advisory_xact_lock(hashtext('muster.webhook'), hashtext(\(group + "/" + project)))"
            )
            let known = try sql.query(
                "select name, request is null from webhook where build_group = \(group) and build_project = \(project)"
            ).map { try $0.decode(String.self, Bool.self) }
            let own = known.first { $0.0 == wish.name }
            if let own, own.1 { throw FleetRefusal.webhookConfigured(name: wish.name) }
            guard own != nil || known.count(where: { !$0.1 }) < maximumWebhooks else {
                throw FleetRefusal.tooManyWebhooks(maximum: maximumWebhooks)
            }
            try sql.execute(
                """
                insert into webhook (build_group, build_project, name, request, receiver, events, is_enabled,
                    progress_seconds, progress_percent, created_by)
                values (\(group), \(project), \(wish.name), \(PostgresJSON(wish.request)), \(receiver), \(events)::text::jsonb,
                    \(terms.isEnabled), \(terms.progress.seconds), \(terms.progress.percent), \(author))
                on conflict (build_group, build_project, name) do update set
                    request = excluded.request, receiver = excluded.receiver, events = excluded.events,
                    is_enabled = excluded.is_enabled, progress_seconds = excluded.progress_seconds,
                    progress_percent = excluded.progress_percent, created_by = excluded.created_by, created_at = now(),
                    -- whoever names a secret wants no other
                    secrets = case when excluded.request ->> 'secret' is null then webhook.secrets end,
                    rotated_at = case when excluded.request ->> 'secret' is null then webhook.rotated_at end, shape = null
                """
            )
        }
        return try await webhook(wish.name, of: group, project)
    }

    /// Has a webhook called or not.
    ///
    /// - Throws: ``FleetRefusal`` when there is none that was added.
    package func enableWebhook(
        _ name: String,
        of group: String,
        _ project: String,
        _ isEnabled: Bool
    ) async throws -> Webhook {
        try await transaction { sql in
            try sql.requireAdded(name, of: group, project)
            try sql.execute(
                """
                update webhook set is_enabled = \(isEnabled)
                where build_group = \(group) and build_project = \(project) and name = \(name)
                """
            )
        }
        return try await webhook(name, of: group, project)
    }

    /// Gives a webhook a secret of its own. What signed before does so for some more time.
    ///
    /// - Throws: ``FleetRefusal`` when there is none that was added.
    package func rotateSecret(
        ofWebhook name: String,
        of group: String,
        _ project: String,
        keepingFor seconds: Int
    ) async throws -> RotatedSecret {
        try await transaction(idempotent: false) { sql in
            try sql.requireAdded(name, of: group, project)
            let (earlier, now) = try sql.query(
                """
                select secrets, now() from webhook
                where build_group = \(group) and build_project = \(project) and name = \(name)
                """
            ).one().decode(PostgresJSON<WebhookSecrets>?.self, Date.self)
            let secret = WebhookSecrets.make()
            let secrets = WebhookSecrets(secret, after: earlier?.value, keepingFor: seconds, now: now)
            try sql.execute(
                """
                update webhook set secrets = \(PostgresJSON(secrets)), rotated_at = now()
                where build_group = \(group) and build_project = \(project) and name = \(name)
                """
            )
            return RotatedSecret(name: name, secret: secret, previousUntil: secrets.lastEnd(at: now))
        }
    }

    /// Removes a webhook of a project. What was still to be delivered to it is given up.
    ///
    /// - Throws: ``FleetRefusal`` when there is none that was added.
    package func removeWebhook(_ name: String, of group: String, _ project: String) async throws -> Webhook {
        let webhook = try await webhook(name, of: group, project)
        try await transaction(idempotent: false) { sql in
            try sql.requireAdded(name, of: group, project)
            try sql.execute(
                "delete from webhook where build_group = \(group) and build_project = \(project) and name = \(name)"
            )
            try sql.giveUpDeliveries(to: name, of: group, project)
        }
        return webhook
    }

    /// Begins another round of tries of the deliveries of the last week that a webhook has not taken.
    ///
    /// - Returns: the deliveries that are sent again.
    /// - Throws: ``FleetRefusal`` when the project has no such webhook.
    package func redeliverFailed(toWebhook name: String, of group: String, _ project: String) async throws -> [UUID] {
        try await transaction(idempotent: false) { sql in
            let known = try sql.query(
                "select from webhook where build_group = \(group) and build_project = \(project) and name = \(name)"
            )
            guard !known.isEmpty else { throw FleetRefusal.noSuchWebhook(name: name) }
            return try sql.query(
                """
                update delivery set due_at = now(), ended_at = null, state = 'due', earlier_tries = tries,
                    claimed_until = null
                where webhook_project = \(Self.key(group, project)) and webhook = \(name) and webhook <> ''
                    and state = 'failed' and created_at > now() - interval '7 days'
                returning delivery.id
                """
            ).decode(UUID.self)
        }
    }
}

extension PostgresTransaction {
    fileprivate func requireAdded(_ name: String, of group: String, _ project: String) throws {
        let rows = try query(
            """
            select request is null from webhook
            where build_group = \(group) and build_project = \(project) and name = \(name) for update
            """
        )
        guard let isConfigured = try rows.first?.decode(Bool.self) else { throw FleetRefusal.noSuchWebhook(name: name) }
        guard !isConfigured else { throw FleetRefusal.webhookConfigured(name: name) }
    }
}

extension Webhook {
    /// The columns of `webhook` that it decodes.
    static let columns = """
        webhook.name, webhook.receiver, array(select jsonb_array_elements_text(webhook.events)) as events,
            webhook.is_enabled, webhook.request is null as is_configured, coalesce(webhook.request, webhook.shape) ->> 'template' as template,
            webhook.request ->> 'secret' as secret, webhook.rotated_at, webhook.progress_seconds as progress_interval_seconds,
            webhook.progress_percent, webhook.created_by,
            case when webhook.request is not null then webhook.created_at end as created_at
        """
}
