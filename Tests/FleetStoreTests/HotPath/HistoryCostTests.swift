// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

/// What the pages of tests and metrics read of a long history: no more than they show.
@Suite("The cost of the history of tests", .timeLimit(.minutes(5)))
struct HistoryCostTests {
    /// The most pages that a question touches.
    private static let limit = 4_000

    @Test("No question of a page touches more of the history than it shows")
    func cost() async throws {
        try await TestStore.with(connections: 1, isAlone: true) { test in
            try await test.client.withTransaction { sql in
                try sql.setStatementTimeout(.seconds(300))
                try sql.executeScript(
                    """
                    insert into test_list (digest, names)
                    select decode(md5(number::text), 'hex'),
                        (select array_agg('test-' || number || '-' || test) from generate_series(1, 50) as test)
                    from generate_series(1, 2000) as number;
                    insert into jobset (id, build_group, build_project, build_version, digest, state, verdict, total, pending,
                        created_at, finished_at)
                    select md5('jobset ' || number)::uuid, 'group', 'project-' || number % 20, 'v' || number, '',
                        'finished', 'passed', 0, 0, now() - number * interval '1 minute', now()
                    from generate_series(1, 2000) as number;
                    insert into suite_history (jobset_id, environment, suite, build_group, build_project, created_at,
                        test_list_id, statuses, measurements)
                    select jobset.id, 'env-' || environment, 'suite-' || suite, build_group, build_project, created_at,
                        (select min(id) from test_list) + (suite * 97 + environment * 13) % 2000, repeat('p', 50),
                        array_fill(1.5::float8, array[50])
                    from jobset, generate_series(1, 10) as environment, generate_series(1, 5) as suite;
                    """
                )
            }
            for table in ["jobset", "test_list", "suite_history"] {
                try await test.client.execute("vacuum analyze \(identifier: table)")
            }
            let jobset = try await test.client.query("select id from jobset limit 1").one().decode(UUID.self)
            let size = try await test.client.query("select pg_relation_size('suite_history') / 8192").one()
            #expect(try size.decode(Int.self) > Self.limit)
            let name = try await Self.name(test)
            let reading = PagesRead(client: test.client, schema: test.name)
            for (environment, limit) in [(nil, 50), ("env-2", 100)] {
                let (history, pages) = try await reading.count {
                    try await test.store.testHistory(
                        of: "group",
                        "project-7",
                        suite: "suite-3",
                        test: name,
                        environment: environment,
                        limit: limit
                    )
                }
                #expect(history.environments.count == (environment == nil ? 10 : 1))
                #expect(history.environments.first?.jobsets.count == limit)
                Self.check(pages)
            }
            let (metrics, pages) = try await reading.count {
                try await test.store.metrics(of: jobset, limit: 101, within: .seconds(60))
            }
            #expect(metrics.count == 101 && metrics.allSatisfy { $0.measurement == 1.5 })
            Self.check(pages)
        }
    }

    private static func check(_ relations: [PagesRead.Relation]) {
        let pages = relations.reduce(0) { $0 + $1.pages }
        let worst = relations.prefix(4).map { "\($0.name) \($0.pages)" }.joined(separator: ", ")
        #expect(pages > 0 && pages <= limit, "\(pages) pages (\(worst))")
    }

    /// A test of the suite.
    private static func name(_ test: TestStore) async throws -> String {
        try await test.client.query(
            """
            select names[1] from test_list where id = (
                select test_list_id from suite_history where build_project = 'project-7' and suite = 'suite-3' limit 1
            )
            """
        ).one().decode(String.self)
    }
}
