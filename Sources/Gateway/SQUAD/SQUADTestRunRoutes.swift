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
        let jobs = try await store.jobs(of: page.items)
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
        return .squadJSON(metadata(testJob, job, of: build, try await facts(of: build)))
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
            let jobs = try await store.jobs(of: page.items)
            for testJob in page.items {
                all["\(testJob.id)"] = .object(metadata(testJob, jobs[testJob.id], of: build, facts))
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

    private func metadata(
        _ testJob: SQUADJob,
        _ job: Job?,
        of build: SQUADBuild,
        _ facts: [String: JSONValue]
    ) -> [String: JSONValue] {
        facts.merging(inLab(testJob, job, of: build)) { $1 }.merging([
            "muster_job": .text("\(testJob.jobset.text)/\(testJob.position.map(String.init) ?? "")")
        ]) { $1 }
    }

    /// What a test run says of its job in the lab, as the test job does.
    private func inLab(_ testJob: SQUADJob, _ job: Job?, of build: SQUADBuild) -> [String: JSONValue] {
        let object = SQUADTestJobObject(testJob, job, of: build, labs: gateway.labs, isDefined: true)
        return [
            "job_id": .text(orNull: object.jobID), "job_status": .text(orNull: object.status),
            "job_url": .text(orNull: object.externalURL),
        ]
    }

    private func members(
        _ testJob: SQUADJob,
        _ job: Job?,
        of build: SQUADBuild,
        _ environment: Int?,
        _ links: SQUADLinks
    ) -> [String: JSONValue] {
        let isFinished = job?.state == .finished
        return inLab(testJob, job, of: build).merging([
            "url": links.testRun(testJob.id), "id": .number(testJob.id),
            "metadata_file": links.testRun(testJob.id, "metadata/"), "log_file": .null,
            "created_at": .squadTime(testJob.createdAt), "datetime": .squadTime(job?.finishedAt ?? testJob.createdAt),
            "completed": .truth(job?.outcome == .complete), "build": links.build(build.id), "build_url": .null,
            "environment": environment.map { links.name(.environment, $0) } ?? .null, "resubmit_url": .null,
            "data_processed": .truth(isFinished), "status_recorded": .truth(isFinished), "attachments": [],
        ]) { $1 }
    }

    private func read(_ context: GatewayContext) async throws -> (SQUADJob, SQUADBuild, Job?) {
        let number = try context.squadNumber("testrun", of: "TestRun")
        return try await gateway.readableSQUADTestJob(number, of: "TestRun", context)
    }
}
