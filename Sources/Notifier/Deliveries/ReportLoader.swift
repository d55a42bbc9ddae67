// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Foundation
import Reports

/// Reads from the store what a report tells.
struct ReportLoader: Sendable {
    let store: FleetStore
    /// The root of each lab's web server, by the lab's name.
    let labURLs: [String: String]

    /// The jobset is not in a state that can be reported.
    struct NotReportable: Error, CustomStringConvertible {
        let description: String
    }

    /// What there is to tell about a finished jobset.
    ///
    /// - Throws: ``NotReportable``, or what the store throws.
    func report(of jobsetID: UUID) async throws -> FinishedJobsetReport {
        guard let jobset = try await store.jobset(id: jobsetID) else {
            throw NotReportable(description: "the jobset is not there")
        }
        guard let verdict = jobset.verdict, let finishedAt = jobset.finishedAt else {
            throw NotReportable(description: "the jobset has not finished")
        }
        let jobs = try await store.jobs(of: jobsetID)
        let backends = Dictionary(jobs.map { ($0.position, $0.backend) }) { first, _ in first }
        let failed =
            jobset.tests.fail == 0
            ? []
            : try await store.results(of: jobsetID, ResultFilter(status: .fail, limit: ReportLimits.json.failedTests))
        return FinishedJobsetReport(
            jobset: ReportedJobset(
                id: jobset.id,
                build: jobset.build,
                generation: jobset.generation,
                verdict: verdict,
                labels: jobset.labels,
                createdAt: jobset.createdAt,
                finishedAt: finishedAt
            ),
            jobs: try jobs.map(reported),
            failedTests: failed.map { reported($0, backend: backends[$0.position]) }
        )
    }

    private func reported(_ job: JobStatus) throws -> ReportedJob {
        guard let outcome = job.outcome else {
            throw NotReportable(description: "job \(job.position) of a finished jobset has no outcome")
        }
        return ReportedJob(
            position: job.position,
            environment: job.environment,
            backend: job.backend,
            outcome: outcome,
            reason: job.reason,
            tests: job.tests,
            attempts: job.attempts,
            labJobs: job.labJobs.map { labJob in
                ReportedLabJob(
                    number: labJob.number,
                    health: labJob.health,
                    device: labJob.device,
                    url: page(of: labJob.number, in: job.backend)
                )
            }
        )
    }

    private func reported(_ test: TestResult, backend: String?) -> ReportedTest {
        ReportedTest(
            job: test.position,
            environment: test.environment,
            suite: test.suite,
            suiteNumber: test.suiteNumber,
            name: test.name,
            labJob: test.labJob,
            url: backend.flatMap { page(of: test.labJob, in: $0) },
            measurement: test.measurement,
            units: test.units,
            startLogLine: test.startLogLine
        )
    }

    private func page(of number: Int, in backend: String) -> String? {
        labURLs[backend].map { ReportedLabJob.page(of: number, labURL: $0) }
    }
}
