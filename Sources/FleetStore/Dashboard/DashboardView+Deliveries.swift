// SPDX-License-Identifier: Apache-2.0

/// What is delivered, and to whom. A receiver is shown without path and query, which may hold a token.
extension DashboardView {
    static let delivering: [DashboardView] = [deliveries, dueDeliveries, receivers]

    /// How late a delivery may be before it is called overdue. A notifier that has much to do is not late yet.
    private static let patience = "interval '5 minutes'"
    /// What is looked at.
    private static let lately = "ended_at > now() - interval '7 days'"

    private static let deliveries = DashboardView(
        "deliveries_by_hour",
        "Deliveries that ended within the last 7 days, by hour.",
        [
            .init("hour", .time, "the beginning of the hour"),
            .init("kind", .text, "`report`, `callback`, `squad`, `mail`, `warning`, `kcidb`, `webhook` or `digest`"),
            .init("event", .text, "`finished`, `first_failure`, `deadline`, `canceled`, `accepted` or `progress`"),
            .init("delivered", .bigint, "deliveries that succeeded"),
            .init("failed", .bigint, "deliveries that were given up"),
            .init("tries", .bigint, "the tries that they took"),
        ],
        select: """
            select date_trunc('hour', ended_at, 'UTC') as hour, kind, event,
                count(*) filter (where state = 'delivered') as delivered,
                count(*) filter (where state = 'failed') as failed, sum(tries)::bigint as tries
            from delivery where \(lately) group by date_trunc('hour', ended_at, 'UTC'), kind, event
            """
    )

    /// What is to be delivered.
    package static let dueDeliveries = DashboardView(
        "deliveries_due",
        "Deliveries that have not ended.",
        [
            .init("kind", .text, "`report`, `callback`, `squad`, `mail`, `warning`, `kcidb`, `webhook` or `digest`"),
            .init("due", .bigint, "deliveries that have not ended"),
            .init("retried", .bigint, "of these, those with a failed try"),
            .init("overdue", .bigint, "of these, those whose time came more than 5 minutes ago"),
            .init("oldest_since", .time, "when the oldest of them was ordered"),
        ],
        select: """
            select kind, count(*) as due, count(*) filter (where tries > earlier_tries) as retried,
                count(*) filter (
                    where greatest(due_at, coalesce(claimed_until, due_at)) < now() - \(patience)
                ) as overdue,
                min(created_at) as oldest_since
            from delivery where state = 'due' group by kind
            """
    )

    private static let receivers = DashboardView(
        "receivers",
        "Who gets callbacks, webhooks and pushes: deliveries that ended within the last 7 days, and those that are due.",
        [
            .init("kind", .text, "`callback`, `webhook`, `squad` or `kcidb`"),
            .init("receiver", .text, "scheme, host and port"),
            .init("delivered", .bigint, "deliveries that succeeded"),
            .init("failed", .bigint, "deliveries that were given up"),
            .init("due", .bigint, "deliveries that have not ended"),
            .init("last_delivered_at", .time, "when the last one succeeded"),
            .init("failing_since", .time, "since when it has accepted nothing; null if it accepts callbacks"),
            .init("failed_tries", .bigint, "tries that have failed since then"),
        ],
        select: """
            select kind, told.receiver, count(*) filter (where state = 'delivered') as delivered,
                count(*) filter (where state = 'failed') as failed, count(*) filter (where state = 'due') as due,
                max(ended_at) filter (where state = 'delivered') as last_delivered_at,
                max(failing.since) as failing_since, coalesce(max(failing.failures), 0)::bigint as failed_tries
            from (
                select kind, state, ended_at, lower(substring(receiver from '^[a-zA-Z][a-zA-Z0-9+.-]*://'))
                    || lower(substring(receiver from '://(?:[^/?#]*@)?([^/?#]*)')) as receiver,
                    lower(substring(receiver from '^[^/?#]*//[^/?#]*')) as key
                from (
                    select kind, state, ended_at, receiver from delivery where \(lately)
                    union all select kind, state, null, receiver from delivery where state = 'due'
                ) as recent
                where kind in ('callback', 'squad', 'kcidb', 'webhook')
            ) as told left join failing_receiver as failing on failing.receiver = told.key
            where told.receiver is not null group by kind, told.receiver
            """
    )
}
