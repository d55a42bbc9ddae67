// SPDX-License-Identifier: Apache-2.0

import Callbacks
import Fleet
import FleetRuntime
import FleetStore
import Foundation
import Reports
import SQUAD
import ServiceLifecycle

/// Pushes what the jobs of a finished jobset found into the SQUAD of its project, a test run a lab job.
///
/// A push is one delivery and so one try, however many jobs there are: it keeps its place behind each job and renews
/// its claim before each request. What was pushed twice all the same SQUAD refuses by its job id. No more is held in
/// memory than a page of jobs and the results of one test run.
struct SQUADPusher: Sendable {
    let store: FleetStore
    /// By `group/project`.
    let projects: [String: FleetConfiguration.Project.SQUAD]
    /// The root of each lab's web server, by the lab's name.
    let labs: LabAddresses
    let timeout: Duration
    /// How long a claim holds: one request, and what the database takes besides.
    let lease: Duration
    let testsPerRun: Int

    private static let jobsPerPage = 200

    /// What is left when this notifier has to stop goes on in another.
    private struct Stopped: Error, CustomStringConvertible {
        let description = "this notifier was stopped; the push continues from its position"
    }

    init(store: FleetStore, configuration: FleetConfiguration) {
        let notifier = configuration.notifier
        self.store = store
        projects = configuration.projects.compactMapValues(\.squad)
        labs = configuration.labAddresses
        timeout = notifier.squadTimeout
        lease = notifier.squadTimeout + notifier.leaseMargin
        testsPerRun = notifier.squadTestsPerRun
    }

    /// Has a jobset's results pushed, if its project has a SQUAD. Asking again changes nothing.
    func order(for jobset: UUID, _ generation: Int, _ build: Build) async throws {
        guard let squad = squad(of: build) else { return }
        let project = SQUADProject(url: squad.url, path: squad.project)
        try await store.addPush(.squad, of: jobset, generation: generation, to: project.page)
    }

    /// One try.
    func push(_ delivery: DueDelivery) async throws -> TryResult {
        guard let jobset = try await store.jobset(id: delivery.jobsetID), let build = Build(jobset.build) else {
            throw ReportLoader.NotReportable(description: "the jobset is not there")
        }
        guard jobset.state == .finished, jobset.generation == delivery.generation else {
            let reason = "the jobset was retried: the push of the new generation has the results of its jobs"
            return TryResult(ending: .refused, error: reason)
        }
        guard jobset.resultsRemovedAt == nil else {
            return TryResult(ending: .refused, error: "the results of the jobset are no longer kept")
        }
        guard let squad = squad(of: build) else {
            let reason = "this notifier's configuration has no squad_url for \(build.group)/\(build.project)"
            return TryResult(ending: .notTaken(isBusy: false, retryAfter: nil), error: reason)
        }
        let project = SQUADProject(url: squad.url, path: squad.project)
        return try await SQUADClient.with(
            project: project,
            token: squad.token,
            timeout: timeout,
            proxy: squad.proxy
        ) { client in
            do {
                try await pushJobs(of: delivery, to: build.version, client)
                return TryResult(ending: .taken)
            } catch let error as SQUADError {
                return Self.result(of: error)
            }
        }
    }

    private func squad(of build: Build) -> FleetConfiguration.Project.SQUAD? {
        projects["\(build.group)/\(build.project)"]
    }

    private func pushJobs(of delivery: DueDelivery, to version: String, _ client: SQUADClient) async throws {
        var done = delivery.jobsDelivered
        while true {
            let jobs = try await store.jobs(of: delivery.jobsetID, from: done, limit: Self.jobsPerPage)
            guard !jobs.isEmpty else { return }
            for job in jobs {
                for finished in try finishedJobs(job, of: delivery.jobsetID) {
                    try await push(finished, of: delivery, done: done, to: version, client)
                }
                done = job.position + 1
            }
            try await store.keepPlace(jobs: done, of: delivery.id, lease: lease)
        }
    }

    private func push(
        _ job: FinishedJob,
        of delivery: DueDelivery,
        done: Int,
        to version: String,
        _ client: SQUADClient
    ) async throws {
        var maker = TestRunMaker(job)
        var next: ResultPlace?
        var isFirst = true
        repeat {
            let page = try await page(of: job, in: delivery.jobsetID, after: next)
            next = page.next
            if isFirst || !page.results.isEmpty {
                guard !Task.isShuttingDownGracefully else { throw Stopped() }
                try await store.keepPlace(jobs: done, of: delivery.id, lease: lease)
                _ = try await client.submit(maker.next(page.results), to: version)
                faultPoint("notifier.squad-submitted")
            }
            isFirst = false
        } while next != nil
    }

    private func page(of job: FinishedJob, in jobset: UUID, after: ResultPlace?) async throws -> ResultPage {
        guard let labJob = job.labJob else { return ResultPage() }
        return try await store.results(
            of: jobset,
            position: job.job.position,
            labJob: labJob.number,
            after: after,
            limit: testsPerRun
        )
    }
}

/// From what is stored to what SQUAD is told, and from what it answers to what follows.
extension SQUADPusher {
    /// A test run each: the lab jobs of the last attempt, or the job itself where there are none.
    func finishedJobs(_ job: Job, of jobset: UUID) throws -> [FinishedJob] {
        guard job.outcome != nil else {
            throw ReportLoader.NotReportable(description: "job \(job.position) of a finished jobset has no outcome")
        }
        let job = job.linked(labs)
        let labJobs: [LabJob?] = job.labJobs.isEmpty ? [nil] : job.labJobs
        return labJobs.map { FinishedJob(job, $0, of: jobset) }
    }

    /// A refusal is for good; what somebody can mend at SQUAD or in the configuration is tried again, as long as the
    /// schedule goes.
    static func result(of error: SQUADError) -> TryResult {
        let ending: TryEnding =
            switch error {
            case .refused: .refused
            case .timeout: .notTaken(isBusy: true, retryAfter: nil)
            case .busy(let pause): .notTaken(isBusy: true, retryAfter: pause)
            case .unauthorized, .notFound, .unexpected, .unreachable: .notTaken(isBusy: false, retryAfter: nil)
            }
        return TryResult(ending: ending, status: error.status, error: error.description)
    }
}
