// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Hummingbird

/// Test runs: what a test job has brought, under the test job's number.
struct SQUADTestRunRoutes: Sendable {
    let gateway: GatewayParts

    private var store: FleetStore { gateway.store }

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("testruns", use: list)
        group.get("testruns/{testrun}", use: testRun)
        group.get("testruns/{testrun}/metadata", use: metadata)
        group.get("builds/{build}/testruns", use: list)
        group.get("builds/{build}/metadata", use: buildMetadata)
        group.get("builds/{build}/metadata_by_testrun", use: metadataByTestRun)
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let paging = SQUADPaging(&query)
        let named = query.integer("build", 1...Int.max)
        if named == nil, context.parameters.get("build") == nil {
            query.add("build", nil, "is missing: the number of a build")
        }
        try query.finish()
        let build = try await gateway.readableSQUADBuild(named, context)
        let page = try await store.squadJobs(ofBuild: build, limit: paging.limit, offset: paging.offset)
        let jobs = try await self.jobs(page.items)
        let links = SQUADLinks(request, gateway)
        let environments = try await store.squadNumbers(
            .environment,
            Set(jobs.values.map(\.environment)),
            ofProject: build.projectID
        )
        return paging.response(page, for: request, links) { testJob in
            let job = jobs[testJob.id]
            return .object(members(testJob, job, of: build, job.flatMap { environments[$0.environment] }, links))
        }
    }

    private func testRun(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (testJob, build, job) = try await read(context)
        let names = Set([job?.environment].compactMap(\.self))
        let numbers = try await store.squadNumbers(.environment, names, ofProject: build.projectID)
        let environment = job.flatMap { numbers[$0.environment] }
        return .squadJSON(members(testJob, job, of: build, environment, SQUADLinks(request, gateway)))
    }

    private func metadata(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (testJob, build, job) = try await read(context)
        return .squadJSON(Self.metadata(testJob, job, try await facts(of: build)))
    }

    private func buildMetadata(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try await gateway.readableSQUADBuild(context)
        return .squadJSON(try await facts(of: build))
    }

    /// Of all test runs at once, for SQUAD's client asks for them so: as many as a build usually has.
    private func metadataByTestRun(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let build = try await gateway.readableSQUADBuild(context)
        guard let slot = gateway.downloads.take(for: context.caller.share) else { throw Refusal.busy() }
        defer { withExtendedLifetime(slot) {} }
        let facts = try await facts(of: build)
        // It has all labels once for each test run.
        let size = facts.reduce(Self.usualBytes) { size, fact in
            guard case .text(let text) = fact.value else { return size }
            return size + fact.key.utf8.count + text.utf8.count
        }
        var all: [String: JSONValue] = [:]
        var offset = 0
        while true {
            let page = try await store.squadJobs(ofBuild: build, limit: Self.piece, offset: offset)
            let jobs = try await jobs(page.items)
            for testJob in page.items {
                all["\(testJob.id)"] = .object(Self.metadata(testJob, jobs[testJob.id], facts))
            }
            guard page.count * size <= Self.mostBytes else {
                throw SQUADRefusal.detail(
                    "The build has too many test runs for one answer. Use testruns/ID/metadata/.",
                    status: .contentTooLarge
                )
            }
            offset += Self.piece
            guard offset < page.count else { break }
        }
        return .squadJSON(all)
    }

    private static let piece = 1_000
    /// What is about each test run besides the build's facts, and how much an answer can have, in bytes.
    private static let (usualBytes, mostBytes) = (400, 16 << 20)

    /// What is known of how a build was made, under the names that LKFT's reports look for.
    private func facts(of build: SQUADBuild) async throws -> [String: JSONValue] {
        let jobset = try await store.jobset(id: build.jobset)
        let source = jobset?.source
        let labels = (jobset?.labels ?? [:]).mapValues { JSONValue.text($0) }
        return labels.merging([
            "git_repo": .text(orNull: source?.gitURL), "git_ref": .text(orNull: source?.branch),
            "git_sha": .text(orNull: source?.commit), "git_describe": .text(orNull: source?.describe),
            "kernel_version": .text(orNull: source?.describe),
        ]) { label, fact in
            if case .null = fact { label } else { fact }
        }
    }

    private static func metadata(
        _ testJob: SQUADJob,
        _ job: Job?,
        _ facts: [String: JSONValue]
    ) -> [String: JSONValue] {
        let labJob = job?.labJobs.first
        return facts.merging([
            "job_id": .text(orNull: labJob.map { $0.subID ?? "\($0.number)" }), "job_url": .text(orNull: labJob?.url),
            "job_status": .text(orNull: job?.outcome.flatMap { SQUADStatusObject.word(for: $0.rawValue) }),
            "muster_job": .text("\(testJob.jobset.text)/\(testJob.position.map(String.init) ?? "")"),
        ]) { $1 }
    }

    private func members(
        _ testJob: SQUADJob,
        _ job: Job?,
        of build: SQUADBuild,
        _ environment: Int?,
        _ links: SQUADLinks
    ) -> [String: JSONValue] {
        let job = job?.linked(gateway.labs)
        let labJob = job?.labJobs.first
        let isFinished = job?.state == .finished
        return [
            "url": links.testRun(testJob.id), "id": .number(testJob.id),
            "metadata_file": links.testRun(testJob.id, "metadata/"), "log_file": .null,
            "created_at": .squadTime(testJob.createdAt), "datetime": .squadTime(job?.finishedAt ?? testJob.createdAt),
            "completed": .truth(job?.outcome == .complete), "build": links.build(build.id), "build_url": .null,
            "environment": environment.map { links.name(.environment, $0) } ?? .null,
            "job_id": .text(orNull: labJob.map { $0.subID ?? "\($0.number)" }),
            "job_status": .text(orNull: job?.outcome.flatMap { SQUADStatusObject.word(for: $0.rawValue) }),
            "job_url": .text(orNull: labJob?.url), "resubmit_url": .null, "data_processed": .truth(isFinished),
            "status_recorded": .truth(isFinished), "attachments": [],
        ]
    }

    /// The jobs of these test jobs, by their numbers.
    private func jobs(_ testJobs: [SQUADJob]) async throws -> [Int: Job] {
        var jobs: [Int: Job] = [:]
        for (jobset, here) in Dictionary(grouping: testJobs.filter { $0.position != nil }, by: \.jobset) {
            var filter = JobFilter()
            filter.positions = here.compactMap(\.position)
            let found = Dictionary(try await store.jobs(of: jobset, filter).map { ($0.position, $0) }) { first, _ in
                first
            }
            for testJob in here { jobs[testJob.id] = testJob.position.flatMap { found[$0] } }
        }
        return jobs
    }

    private func read(_ context: GatewayContext) async throws -> (SQUADJob, SQUADBuild, Job?) {
        let number = try context.squadNumber("testrun", of: "TestRun")
        return try await gateway.readableSQUADTestJob(number, of: "TestRun", context)
    }
}
