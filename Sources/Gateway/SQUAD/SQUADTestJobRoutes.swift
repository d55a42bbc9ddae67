// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetOperations
import FleetStore
import Foundation
import Hummingbird

/// Test jobs: a build's, one, its definition, and what can be done to it.
struct SQUADTestJobRoutes: Sendable {
    let gateway: GatewayParts

    private var store: FleetStore { gateway.store }

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("builds/{build}/testjobs", use: list)
        group.get("testjobs/{testjob}", use: testJob)
        group.get("testjobs/{testjob}/definition", use: definition)
        group.get("testjobs/{testjob}/resubmitted_jobs", use: resubmitted)
        group.post("testjobs/{testjob}/cancel", use: cancel)
        group.post("testjobs/{testjob}/resubmit") { try await retry($0, $1, .failed, Self.answer) }
        group.post("testjobs/{testjob}/force_resubmit") { try await retry($0, $1, .any, Self.answer) }
        group.post("resubmit/{testjob}") { try await retry($0, $1, .failed, Self.answerByStatus) }
        group.post("forceresubmit/{testjob}") { try await retry($0, $1, .any, Self.answerByStatus) }
    }

    private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let paging = SQUADPaging(&query)
        try query.finish()
        let build = try await gateway.visibleSQUADBuild(context)
        let page = try await store.squadJobs(ofBuild: build, limit: paging.limit, offset: paging.offset)
        let jobs = try await store.jobs(of: page.items)
        var undefined: Set<Int> = []
        for (jobset, here) in Dictionary(grouping: page.items, by: \.jobset) {
            let without = try await store.jobsWithoutDefinition(of: jobset, among: here.compactMap(\.position))
            for testJob in here where testJob.position.map(without.contains) ?? false { undefined.insert(testJob.id) }
        }
        let links = SQUADLinks(request, gateway)
        return paging.response(page, for: request, links) { testJob in
            let object = SQUADTestJobObject(
                testJob,
                jobs[testJob.id],
                of: build,
                labs: gateway.labs,
                isDefined: !undefined.contains(testJob.id)
            )
            return .object(object.members(links))
        }
    }

    private func testJob(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (testJob, build, job) = try await read(context)
        let object = try await self.object(testJob, job, of: build)
        return .squadJSON(object.members(SQUADLinks(request, gateway)))
    }

    private func object(_ testJob: SQUADJob, _ job: Job?, of build: SQUADBuild) async throws -> SQUADTestJobObject {
        var isDefined = true
        if let position = testJob.position {
            isDefined = try await store.jobsWithoutDefinition(of: testJob.jobset, among: [position]).isEmpty
        }
        return SQUADTestJobObject(testJob, job, of: build, labs: gateway.labs, isDefined: isDefined)
    }

    /// Without what LAVA keeps secret in it.
    private func definition(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (testJob, build, job) = try await read(context)
        // Who may only submit sees how jobs fare, and not what others have written.
        guard context.caller.may(.read, group: build.build.group, project: build.build.project),
            let position = testJob.position
        else { throw SQUADRefusal.notFound("TestJob") }
        guard let text = try await store.definition(of: testJob.jobset, position: position) else {
            guard try await store.jobset(id: testJob.jobset)?.definitionsRemovedAt == nil else {
                throw SQUADRefusal.detail("The definition of this test job is no longer kept.", status: .notFound)
            }
            let page = try await object(testJob, job, of: build).externalURL
            throw SQUADRefusal.detail(
                "This test job was submitted in its lab, and its definition is not here. \(page.map { "See \($0)" } ?? "")",
                status: .notFound
            )
        }
        return .squadText(try await context.maskedDefinition(text), type: "text/plain")
    }

    /// A job that is sent out again is the same job here, with another attempt.
    private func resubmitted(_ request: Request, _ context: GatewayContext) async throws -> Response {
        _ = try await read(context)
        return .squadJSON(["count": 0, "next": .null, "previous": .null, "results": []])
    }

    private func cancel(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (testJob, build, _) = try await read(context)
        try context.caller.require(.cancel, group: build.build.group, project: build.build.project)
        guard let position = testJob.position else { throw FleetRefusal.jobsOnTheWay(count: 1) }
        do {
            let actor = context.actor(["testjob": "\(testJob.id)", "by": "squad"])
            _ = try await gateway.operations.cancel(
                testJob.jobset,
                in: build.build,
                jobs: [position],
                reason: nil,
                by: actor
            )
        } catch FleetRefusal.jobAlreadyFinished, FleetRefusal.alreadyFinished {
            // As it is.
        }
        let (_, _, now) = try await read(context)
        let object = SQUADTestJobObject(testJob, now, of: build, labs: gateway.labs, isDefined: true)
        return .squadJSON(["job_id": .text(orNull: object.jobID), "status": .text(orNull: object.status)])
    }

    private enum Choice { case failed, any }
    /// What came of it: whether the job is sent out again; if not, why.
    private typealias Answering = @Sendable (_ reason: String?, _ url: JSONValue) -> Response

    private func retry(
        _ request: Request,
        _ context: GatewayContext,
        _ choice: Choice,
        _ answering: Answering
    ) async throws -> Response {
        let (testJob, build, job) = try await read(context)
        guard context.caller.may(.retry, group: build.build.group, project: build.build.project) else {
            throw SQUADRefusal.text("", status: .unauthorized)
        }
        let url = SQUADLinks(request, gateway).testJob(testJob.id)
        guard let job else { return answering("it is not in its jobset yet", url) }
        guard choice == .any || job.hasFailed else { return answering("it has not failed", url) }
        do {
            let actor = context.actor(["testjob": "\(testJob.id)", "by": "squad"])
            _ = try await gateway.operations.retry(
                testJob.jobset,
                .jobs([job.position]),
                in: build.build,
                by: actor
            )
            return answering(nil, url)
        } catch FleetRefusal.reportPending {
            throw Refusal.busy()
        } catch let reason as FleetRefusal {
            return answering("\(reason)", url)
        }
    }

    private static func answer(_ reason: String?, _ url: JSONValue) -> Response {
        let words = reason.map { "Error resubmitting job. \($0.prefix(1).uppercased())\($0.dropFirst())." } ?? "OK"
        return .squadJSON(["message": .text(words), "url": url])
    }

    private static func answerByStatus(_ reason: String?, _ url: JSONValue) -> Response {
        .squadText(reason ?? "", status: reason == nil ? .created : .forbidden)
    }

    private func read(_ context: GatewayContext) async throws -> (SQUADJob, SQUADBuild, Job?) {
        let number = try context.squadNumber("testjob", of: "TestJob")
        return try await gateway.visibleSQUADTestJob(number, of: "TestJob", context)
    }
}

extension GatewayParts {
    /// A test job, its build, and its job once it is there, if the caller may see it.
    ///
    /// - Parameter what: What it is called where there is none.
    /// - Throws: ``SQUADRefusal``; ``Refusal`` without a token.
    func visibleSQUADTestJob(
        _ number: Int,
        of what: String,
        _ context: GatewayContext
    ) async throws -> (SQUADJob, SQUADBuild, Job?) {
        guard let testJob = try await store.squadJob(id: number),
            let build = try await store.squadBuild(id: testJob.buildID), context.caller.maySee(build.build)
        else { throw context.caller.isAnonymous ? context.caller.notFound : SQUADRefusal.notFound(what) }
        guard let position = testJob.position else { return (testJob, build, nil) }
        return (testJob, build, try await store.jobs(of: testJob.jobset, from: position, limit: 1).first)
    }
}
