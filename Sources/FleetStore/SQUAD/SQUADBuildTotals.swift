// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// All jobsets of a build of SQUAD's taken together.
package struct SQUADBuildTotals: Sendable, Equatable {
    /// Whether all of them have finished.
    package let isFinished: Bool
    /// When the last of them did.
    package let finishedAt: Date?
    /// What their test cases said, by environment.
    package let environments: [Environment]

    /// What the jobs of one environment have come to.
    package struct Environment: Sendable, Equatable {
        /// What it is called.
        package let name: String
        /// How many jobs have ended.
        package let ended: Int
        /// How many of them completed.
        package let completed: Int
        /// What their test cases said.
        package let tests: TestCounts
        /// How many of all jobs stand how: the lab's word, or how they ended.
        package let statuses: [String: Int]
    }
}

extension FleetStore {
    /// What a build of SQUAD's has come to so far.
    package func squadTotals(of build: SQUADBuild) async throws -> SQUADBuildTotals {
        let jobsets = try await jobsets(ofSQUADBuild: build.id)
        let ends = try await query(
            """
            select count(*) > 0 and bool_and(state = 'finished'), max(finished_at) from jobset
            where id = any(\(jobsets))
            """
        )
        let (isFinished, finishedAt) = try ends.one().decode(Bool?.self, Date?.self)
        let rows = try await query(
            """
            select environment, coalesce(outcome, state) as status, outcome is not null as has_ended, count(*) as jobs,
                sum(tests_pass) as tests_pass, sum(tests_fail) as tests_fail, sum(tests_xfail) as tests_xfail,
                sum(tests_skip) as tests_skip,
                sum(tests_unknown) as tests_unknown
            from job where jobset_id = any(\(jobsets)) group by 1, 2, 3 order by 1, 2
            """
        )
        let environments = Dictionary(grouping: try rows.decode(Part.self), by: \.environment)
        return SQUADBuildTotals(
            isFinished: isFinished ?? false,
            finishedAt: finishedAt,
            environments: environments.sorted { $0.key < $1.key }.map { .init(name: $0.key, $0.value) }
        )
    }

    /// The jobsets that a build has had, the present one among them if it is there.
    package func jobsets(ofSQUADBuild id: Int) async throws -> [UUID] {
        try await query(
            """
            select id from jobset where id in (
                select jobset_id from squad_job where build_id = \(id)
                union select jobset_id from squad_build where id = \(id)
            ) order by created_at
            """
        ).decode(UUID.self)
    }
}

/// The jobs of an environment that stand alike.
private struct Part: Decodable {
    let environment: String
    let status: String
    let hasEnded: Bool
    let jobs: Int
    let tests: TestCounts
}

extension SQUADBuildTotals.Environment {
    fileprivate init(name: String, _ parts: [Part]) {
        let ended = parts.filter(\.hasEnded)
        self.init(
            name: name,
            ended: ended.reduce(0) { $0 + $1.jobs },
            completed: ended.filter { $0.status == JobOutcome.complete.rawValue }.reduce(0) { $0 + $1.jobs },
            tests: parts.reduce(TestCounts()) { $0 + $1.tests },
            statuses: Dictionary(parts.map { ($0.status, $0.jobs) }, uniquingKeysWith: +)
        )
    }
}
