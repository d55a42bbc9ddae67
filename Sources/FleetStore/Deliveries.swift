// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// What is delivered.
package enum DeliveryKind: String, Sendable, Codable, CaseIterable {
    /// The report, into Muster's own archive.
    case report
    /// The callback that the jobset asked for.
    case callback
    /// The results, into the SQUAD of the jobset's project.
    case squad
    /// The report, by mail.
    case mail
    /// That a receiver of callbacks fails, by mail.
    case warning
    /// The report, into a KCIDB.
    case kcidb
    /// A call to one of the webhooks of the jobset's project.
    case webhook
    /// Which tests of a project fail, by mail.
    case digest
}

/// A delivery that is due, claimed by one notifier until its lease ends.
package struct DueDelivery: Sendable, Equatable, Decodable {
    /// Stays the same over every try: the `webhook-id`.
    package let id: UUID
    /// The jobset it tells of.
    package let jobsetID: UUID
    /// Which of the jobset's lives.
    package let generation: Int
    /// What it tells.
    package let event: JobsetEvent
    /// What an event other than the end has to tell.
    package let data: JobsetEventData?
    /// The callback's body, once it was made; the subject of a report's mail; the text of a warning.
    package let body: String?
    package let kind: DeliveryKind
    /// For a callback, where to and with what.
    package let callback: CallbackRequest?
    /// Of a mail, what the jobset's document asked for.
    package let report: ReportRequest?
    /// Of a report's mail, how it is made; `nil` where it was ordered by a version that did not settle that.
    package let mailOrder: MailOrder?
    /// When it was ordered.
    package let createdAt: Date
    /// How often it has been tried.
    package let tries: Int
    /// How often it had been tried when it was last sent again by hand.
    package let earlierTries: Int
    package let receiver: String
    /// Of a delivery in pieces, how many of the jobset's jobs have been taken.
    package let jobsDelivered: Int
    /// Of a delivery to a webhook, which one.
    package let webhook: DueWebhook?
    /// Whether the generation that it tells of has ended.
    package let hasEnded: Bool
    /// Whether its jobset was re-run since: it is about an earlier generation.
    package let isOutdated: Bool
    /// Where in a trace its jobset was submitted, as it is stored.
    package var traceparent: String?
}

/// The webhook that a delivery is for.
package struct DueWebhook: Sendable, Equatable, Decodable {
    package let name: String
    /// `group/project`.
    package let project: String
    /// Whether the project still has it.
    package let isKnown: Bool
    /// How it is called; `nil`: the configuration says it.
    package let request: WebhookRequest?
    /// Of one from the configuration, what makes its body; `nil`: only the configuration says it.
    package let shape: WebhookRequest?
    /// What it signs with; `nil`: what the configuration has.
    package let secrets: WebhookSecrets?
    /// The jobset's.
    package let labels: [String: String]
}

/// What follows a try.
package enum DeliveryNext: Sendable, Equatable {
    /// It was taken.
    case delivered
    /// It is tried again after a pause.
    case retry(after: Duration)
    /// It is given up.
    case failed
}

extension FleetStore {
    /// Keeps the body of a callback when it is first made: every try says the same, whatever becomes of the jobset.
    ///
    /// - Returns: the body that is kept, which is another's if there was one.
    package func keepBody(_ body: String, of delivery: UUID) async throws -> String {
        let rows = try await query(
            "update delivery set body = coalesce(body, \(body)) where id = \(delivery) returning body"
        )
        return try rows.first?.decode(String.self) ?? body
    }

    /// Writes down a try and what follows it.
    package func recordTry(_ attempt: DeliveryTry, of delivery: DueDelivery, next: DeliveryNext) async throws {
        let pause: Duration? = if case .retry(let pause) = next { pause } else { nil }
        let state =
            switch next {
            case .delivered: "delivered"
            case .retry: "due"
            case .failed: "failed"
            }
        try await transaction { sql in
            try sql.execute(
                """
                insert into delivery_try (delivery_id, number, started_at, milliseconds, status, error, response)
                values (\(delivery.id), \(attempt.number), \(attempt.startedAt), \(attempt.milliseconds), \(attempt.status),
                    \(attempt.error), \(attempt.response))
                on conflict do nothing
                """
            )
            try sql.execute(
                """
                update delivery set state = \(state), tries = greatest(tries, \(attempt.number)), claimed_until = null,
                    due_at = case when \(state) = 'due'
                        then now() + \(pause) else due_at end,
                    ended_at = case when \(state) = 'due' then null else now() end,
                    last_status = \(attempt.status), last_error = \(attempt.error)
                where id = \(delivery.id) and state = 'due'
                """
            )
        }
    }
}

/// Deliveries into other systems. Into a SQUAD they take one request a job, and so as long as a jobset is large.
extension FleetStore {
    /// Has the results of a jobset's finished generation pushed to `receiver`. Asking again changes nothing.
    ///
    /// - Parameter receiver: The URL of the project's page in SQUAD, or that of a KCIDB.
    package func addPush(_ kind: DeliveryKind, of jobset: UUID, generation: Int, to receiver: String) async throws {
        try await execute(
            """
            insert into delivery (jobset_id, generation, event, kind, receiver)
            values (\(jobset), \(generation), \(JobsetEvent.finished), \(kind), \(receiver))
            on conflict do nothing
            """
        )
    }

    /// Notes that the first `jobs` of a delivery's jobs have been taken, so that another try goes on behind them, and
    /// claims the delivery for `lease` from now on.
    package func keepPlace(jobs: Int, of delivery: UUID, lease: Duration) async throws {
        try await execute(
            """
            update delivery set jobs_delivered = greatest(jobs_delivered, \(jobs)),
                claimed_until = now() + \(lease)
            where id = \(delivery) and state = 'due'
            """
        )
    }

    /// The latest tries of a delivery, oldest first; `nil` when there is no such delivery.
    package func tries(of delivery: UUID, latest: Int = 100) async throws -> [DeliveryTry]? {
        let rows = try await query(
            """
            select number, started_at, milliseconds, status, error, response from delivery_try
            where delivery_id = \(delivery) order by number desc limit \(latest)
            """
        )
        if rows.isEmpty {
            let known = try await query("select 1 from delivery where id = \(delivery)")
            if known.isEmpty { return nil }
        }
        return try rows.decode(DeliveryTry.self).reversed()
    }

    /// Removes tries that are older than `age`, of deliveries that are over.
    ///
    /// - Returns: how many, at most `limit`.
    package func removeTries(olderThan age: Duration, limit: Int) async throws -> Int {
        let rows = try await query(
            """
            with old as (
                select delivery_id, number from delivery_try join delivery on delivery.id = delivery_id
                where started_at < now() - \(age) and delivery.state <> 'due'
                order by started_at limit \(limit)
            ), removed as (
                delete from delivery_try using old
                where delivery_try.delivery_id = old.delivery_id and delivery_try.number = old.number returning 1
            )
            select count(*) from removed
            """,
            idempotent: false
        )
        return try rows.first?.decode(Int.self) ?? 0
    }
}

/// Which deliveries are sent again by hand.
package enum Redelivery: Sendable, Equatable {
    /// This one, whatever became of it.
    case delivery(UUID)
    /// Those of a jobset that were given up, or those of them that have this text in their last error.
    case failed(ofJobset: UUID, reason: String? = nil)

    /// What a row of `delivery` must be like.
    var conditions: PostgresStatement {
        switch self {
        case .delivery(let id): "id = \(id)"
        case .failed(let jobset, let reason):
            "jobset_id = \(jobset) and \(fragment: Self.areFailed(reason: reason))"
        }
    }

    /// The same for rows of any jobset.
    static func areFailed(reason: String?) -> PostgresStatement {
        """
        state = 'failed' and (\(reason) is null or strpos(lower(last_error), lower(\(reason))) > 0)
        """
    }
}

extension FleetStore {
    /// Begins another round of tries: at once, and by the whole schedule again. The id, the body and the tries before
    /// stay, so a receiver that keeps ids drops what it has.
    ///
    /// A delivery that is still due is tried at once, in the round that it is in.
    ///
    /// - Returns: the deliveries that are sent again.
    package func redeliver(_ redelivery: Redelivery) async throws -> [UUID] {
        let rows = try await query(
            """
            update delivery set due_at = now(), ended_at = null, state = 'due',
                earlier_tries = case when state = 'due' then earlier_tries else tries end,
                claimed_until = case when state = 'due' then claimed_until end
            where \(fragment: redelivery.conditions)
            returning id
            """,
            idempotent: false
        )
        return try rows.decode(UUID.self)
    }
}
