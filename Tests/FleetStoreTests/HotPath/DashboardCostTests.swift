// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Foundation
import Postgres
import RegexBuilder
import Testing

/// What the views of the schema `dashboard` read of a fleet with much history and a backlog: no more than they show.
@Suite("The cost of the dashboard's views", .timeLimit(.minutes(10)))
struct DashboardCostTests {
    private static let jobs = 500_000
    private static let backlog = 100_000

    /// What grows with all that was ever done.
    private static let growing = [
        "jobset", "job", "attempt", "lab_job", "result", "delivery", "job_hour", "lab_hour", "device_hour", "suite_day",
        "test_day",
    ]

    @Test("No query of the page reads a table that grows from end to end, and none touches many pages")
    func cost() async throws {
        let page = try DashboardPage()
        try await TestStore.with(connections: 1, isAlone: true) { test in
            try await History.write(jobs: Self.jobs, into: test.client)
            try await Self.writeRollups(into: test.client)
            for number in 0..<(Self.backlog / 1_000) {
                let document = try TestStore.document(jobs: 1_000, build: "/group/project-\(number)/now")
                _ = try await test.store.acceptJobset(id: UUID(), document: document)
            }
            let reading = PagesRead(client: test.client, schema: test.name)
            for query in page.queries {
                let sql = query.replacing("dashboard.", with: test.name + "_dashboard.")
                    .replacing("'kernel'", with: "'group'").replacing("'mainline'", with: "'project-7'")
                let plan = try await test.client.query("explain (format json) \(unsafeSQL: sql)").one()
                    .decode(String.self)
                for table in Self.growing {
                    #expect(
                        plan.firstMatch(of: Self.wholeScan(of: table)) == nil,
                        "\(table) is read from end to end by: \(query)\n\(plan)"
                    )
                }
                let (_, relations) = try await reading.count {
                    try await test.client.query("\(unsafeSQL: sql)").count
                }
                let pages = relations.reduce(0) { $0 + $1.pages }
                let worst = relations.prefix(4).map { "\($0.name) \($0.pages)" }.joined(separator: ", ")
                #expect(pages <= 8_000, "\(pages) pages (\(worst)) by: \(query)")
            }
        }
    }

    private static func wholeScan(of table: String) -> some RegexComponent {
        Regex {
            "\"Node Type\": \"Seq Scan\""
            ZeroOrMore(CharacterClass.anyOf("{}").inverted)
            "\"Relation Name\": \"\(table)\""
        }
    }

    /// A year of totals, as watchers would have left them.
    private static func writeRollups(into client: PostgresClient) async throws {
        try await client.withTransaction { sql in
            try sql.setStatementTimeout(.seconds(600))
            try sql.executeScript(
                """
                insert into job_hour
                select date_trunc('hour', job.finished_at, 'UTC'), backend, build_group, build_project, outcome, count(*),
                    sum(tests_pass), 0, 0, 0
                from job join jobset on jobset.id = job.jobset_id where job.state = 'finished' group by 1, 2, 3, 4, 5;
                insert into lab_hour (hour, backend, device_type, lab_jobs, results, starts, queue_seconds, queue_classes,
                    runs, run_seconds, run_classes)
                select hour, backend, 'type-' || type, 5, 50, 5, 50, time_classes(array[3, 4, 5, 6, 7]), 5, 500,
                    time_classes(array[10, 11, 12, 13, 14])
                from generate_series(date_trunc('hour', now(), 'UTC') - interval '1 year', now(), interval '1 hour') as hour,
                    unnest(array['lab-a', 'lab-b']) as backend, generate_series(1, 2) as type;
                insert into lab_day (day, backend, device_type, lab_jobs, results, starts, queue_seconds, queue_classes,
                    runs, run_seconds, run_classes)
                select day::date, backend, 'type-' || type, 100, 1000, 100, 50, time_classes(array[3, 4, 5, 6, 7]), 5, 500,
                    time_classes(array[10, 11, 12, 13, 14])
                from generate_series(now() - interval '1 year', now(), interval '1 day') as day,
                    unnest(array['lab-a', 'lab-b']) as backend, generate_series(1, 5) as type;
                insert into device_hour
                select hour, backend, 'board-' || board, 'type-' || board % 5, 1, 600
                from generate_series(date_trunc('hour', now(), 'UTC') - interval '1 year', now(), interval '1 hour') as hour,
                    unnest(array['lab-a', 'lab-b']) as backend, generate_series(1, 10) as board;
                insert into suite_day
                select 'group', 'project-' || project, 'env-' || environment, 'suite-' || suite, day::date, 20, 200, 3, 0, 0
                from generate_series(1, 50) as project, generate_series(1, 3) as environment,
                    generate_series(1, 3) as suite, generate_series(now() - interval '1 year', now(), interval '1 day') as day;
                insert into test_day
                select build_group, build_project, suite, 'test-' || test, environment, day, 1 + test, day,
                    md5('jobset ' || test)::uuid
                from suite_day, generate_series(1, 3) as test;
                """
            )
        }
        for table in ["job_hour", "lab_hour", "lab_day", "device_hour", "suite_day", "test_day"] {
            try await client.execute("vacuum analyze \(identifier: table)")
        }
    }
}
