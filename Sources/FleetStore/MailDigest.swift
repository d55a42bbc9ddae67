// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// A test that failed when it last ran.
package struct FailingTest: Sendable, Decodable, Equatable {
    package let environment: String
    package let suite: String
    package let name: String
    /// Since when: the first failure after the last time that it passed, as far as the history goes.
    package let since: Date
    /// What was tested then; `nil` where that jobset is not kept any more.
    package let sinceVersion: String?
    /// In how many jobsets it has failed since then.
    package let failures: Int
    /// How many tests fail, with those that are not listed.
    package let total: Int
}

/// A project's list of failing tests, to be mailed on a day of the week.
package struct WantedDigest: Sendable {
    package let group: String
    package let project: String
    package let receivers: [MailAddress]
    package let day: Weekday

    package init(group: String, project: String, receivers: [MailAddress], day: Weekday) {
        self.group = group
        self.project = project
        self.receivers = receivers
        self.day = day
    }
}

extension FleetStore {
    /// How many tests a list has at most, and how long ago a suite may have run last to be in it.
    package static let digestTests = 200
    static let digestDays = 30

    /// Has a project's list of failing tests mailed, if this is its day and nobody has done so today. The row of the day is
    /// written with the deliveries, in one transaction.
    ///
    /// - Parameter text: What is mailed: a line that is its subject, and all that is to be said.
    /// - Returns: whether it has.
    package func orderDigest(
        _ wanted: WantedDigest,
        _ text: @escaping @Sendable ([FailingTest]) -> String
    ) async throws -> Bool {
        let isDue = try await query(
            """
            select extract(isodow from now() at time zone 'UTC') = \(wanted.day.number) and not exists (
                select from mail_digest where build_group = \(wanted.group) and build_project = \(wanted.project)
                    and day = (now() at time zone 'UTC')::date
            )
            """
        ).one().decode(Bool.self)
        guard isDue else { return false }
        return try await transaction(idempotent: false) { sql in
            guard try sql.beginAlone(.digest), let jobset = try sql.latestJobset(of: wanted) else { return false }
            let isFirst =
                try sql.execute(
                    """
                    insert into mail_digest (build_group, build_project, day)
                    values (\(wanted.group), \(wanted.project), (now() at time zone 'UTC')::date) on conflict do nothing
                    """
                ) > 0
            guard isFirst else { return false }
            try sql.execute("delete from mail_digest where day < now() - interval '1 year'")
            let body = text(try sql.failingTests(of: wanted))
            // The day tells it from the list of the week before, if nothing has finished since.
            try sql.execute(
                """
                insert into delivery (jobset_id, generation, event, kind, receiver, body, occurrence)
                select \(jobset.id), \(jobset.generation), \(JobsetEvent.finished), \(DeliveryKind.digest), address, \(body),
                    (now() at time zone 'UTC')::date - date '2000-01-01'
                from unnest(\(wanted.receivers.map(\.description))) as address
                on conflict do nothing
                """
            )
            return true
        }
    }
}

extension PostgresTransaction {
    /// The jobset that the deliveries belong to: the latest that has finished.
    fileprivate func latestJobset(of wanted: WantedDigest) throws -> (id: UUID, generation: Int)? {
        try query(
            """
            select id, generation from jobset
            where state = 'finished' and build_group = \(wanted.group) and build_project = \(wanted.project)
            order by finished_at desc limit 1
            """
        ).first.map { row in
            let (id, generation) = try row.decode(UUID.self, Int.self)
            return (id, generation)
        }
    }

    /// The tests that failed when their suites last ran, those that have failed for longest first.
    fileprivate func failingTests(of wanted: WantedDigest) throws -> [FailingTest] {
        try setStatementTimeout(.seconds(120))
        return try query(
            """
            with latest as (
                select distinct on (suite, environment) suite, environment, test_list_id, statuses, created_at
                from suite_history
                where build_group = \(wanted.group) and build_project = \(wanted.project)
                order by suite, environment, created_at desc, jobset_id
            ), failing as (
                select suite, environment, test.name, count(*) over () as total
                from latest join test_list on test_list.id = test_list_id,
                    unnest(names) with ordinality as test (name, number)
                where created_at > now() - \(FleetStore.digestDays) * interval '1 day'
                    and substr(statuses, test.number::int, 1) = 'f'
                order by environment, suite, name limit \(FleetStore.digestTests)
            )
            select failing.environment, failing.suite, failing.name, found.since, found.failures, failing.total,
                jobset.build_version as since_version
            from failing, lateral (
                select min(created_at) as since, count(*) as failures,
                    (array_agg(jobset_id order by created_at))[1] as jobset_id
                from (
                    select jobset_id, created_at, letter, max(created_at) filter (where letter = 'p') over () as passed_at
                    from (
                        select history.jobset_id, history.created_at,
                            substr(history.statuses, array_position(list.names, failing.name), 1) as letter
                        from suite_history as history join test_list as list on list.id = history.test_list_id
                        where history.build_group = \(wanted.group) and history.build_project = \(wanted.project)
                            and history.suite = failing.suite and history.environment = failing.environment
                    ) as run
                ) as told
                where letter = 'f' and created_at > coalesce(passed_at, '-infinity')
            ) as found left join jobset on jobset.id = found.jobset_id
            order by found.since, failing.environment, failing.suite, failing.name
            """
        ).decode(FailingTest.self)
    }
}
