// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation
import Postgres

/// A delivery that was claimed and can't be read: another version wrote it, or somebody's hand.
package struct UnreadableDelivery: Sendable {
    /// Its row.
    package let id: UUID
    /// What can't be read in it.
    package let error: any Error
}

extension FleetStore {
    /// How long a delivery that can't be read is left alone.
    private static let unreadablePause: Duration = .seconds(600)

    /// Claims deliveries that are due, for as long as one try can take.
    ///
    /// What this version does not know, a kind or an event, is left to one that does. A row that can't be read for
    /// another reason is put off and told of; it holds up no other. What tells a webhook of a jobset's end waits for the
    /// first try, and for any that is under way, of whatever it is told before.
    ///
    /// - Parameters:
    ///   - kinds: Which are claimed.
    ///   - busy: Hosts, with their ports, that have enough to do: what is for them is left for later. All mail goes to
    ///     one, `mail`.
    ///   - unreadable: Told of each delivery that can't be read.
    package func claimDeliveries(
        _ kinds: [DeliveryKind] = DeliveryKind.allCases,
        limit: Int,
        lease: Duration,
        busy: [String] = [],
        unreadable: (UnreadableDelivery) -> Void = { _ in }
    ) async throws -> [DueDelivery] {
        guard limit > 0 else { return [] }
        let rows = try await query(
            """
            with due as (
                select id from delivery
                where state = 'due' and due_at <= now() and (claimed_until is null or claimed_until < now())
                    and kind = any(\(kinds)) and event = any(\(JobsetEvent.allCases))
                    and (kind = 'report' or \(unsafeSQL: Self.host) <> all(\(busy)))
                    and (kind <> 'webhook' or event in ('accepted', 'progress') or not exists (
                        select from delivery as earlier
                        where earlier.jobset_id = delivery.jobset_id and earlier.generation = delivery.generation
                            and (earlier.event in ('accepted', 'progress')
                                or delivery.event = 'finished' and earlier.event <> 'finished')
                            and earlier.kind = 'webhook'
                            and earlier.webhook = delivery.webhook and earlier.state = 'due'
                            and (earlier.tries = earlier.earlier_tries or earlier.claimed_until > now())
                    ))
                -- as the index has it; whoever wants callbacks first asks for them first
                order by kind = 'callback', due_at limit \(limit) for no key update skip locked
            ), claimed as (
                update delivery set claimed_until = now() + \(lease)
                where id in (select id from due)
                returning id, jobset_id, generation, event, kind, tries, earlier_tries, data, body, receiver,
                    jobs_delivered, created_at, mail_order, webhook
            )
            select claimed.id, jobset_id, claimed.generation, event, data, body, kind,
                case when kind = 'callback' then jobset.callback end as callback,
                case when kind = 'mail' then jobset.report end as report, mail_order, claimed.created_at, claimed.tries,
                earlier_tries, claimed.receiver, jobs_delivered,
                nullif(webhook, '') as webhook_name,
                case when webhook <> '' then jobset.build_group || '/' || jobset.build_project end as webhook_project,
                case when webhook <> '' then hook.name is not null end as webhook_is_known,
                hook.request as webhook_request, hook.shape as webhook_shape,
                -- what one from the configuration signs with stands there
                case when hook.request is not null then hook.secrets end as webhook_secrets,
                case when webhook <> '' then jobset.labels end as webhook_labels,
                jobset.state = 'finished' or jobset.generation > claimed.generation as has_ended,
                jobset.generation > claimed.generation as is_outdated, jobset.traceparent
            from claimed join jobset on jobset.id = claimed.jobset_id left join webhook as hook
                on hook.build_group = jobset.build_group and hook.build_project = jobset.build_project
                    and hook.name = claimed.webhook
            """,
            idempotent: false
        )
        var due: [DueDelivery] = []
        for row in rows {
            do {
                due.append(try row.decode(DueDelivery.self))
            } catch {
                let id: UUID = try row.decode("id")
                unreadable(UnreadableDelivery(id: id, error: error))
                let pause = Self.unreadablePause * Double.random(in: 1...1.2)
                try await putOff(id, for: pause, because: "this version can't read it: \(error)")
            }
        }
        return due
    }

    /// Lets a claimed delivery be claimed again after a pause. That was no try: nothing was made or sent.
    package func putOff(_ delivery: UUID, for pause: Duration, because reason: String) async throws {
        try await execute(
            """
            update delivery set claimed_until = null, due_at = now() + \(pause),
                last_error = \(reason)
            where id = \(delivery) and state = 'due'
            """
        )
    }

    private static let host = """
        case when kind in ('mail', 'warning', 'digest') then 'mail' else lower(substring(receiver from '://([^/?#]+)')) end
        """
}
