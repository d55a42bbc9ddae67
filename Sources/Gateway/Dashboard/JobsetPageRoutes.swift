// SPDX-License-Identifier: Apache-2.0

import Dashboard
import Fleet
import FleetOperations
import FleetStore
import Foundation
import Hummingbird

/// What is to be seen of one jobset.
struct JobsetPageRoutes: Sendable {
    let gateway: GatewayParts

    /// How many tries of all deliveries of a jobset are shown.
    private static let tryLimit = 200
    /// How long the tests of a jobset may take to be counted.
    private static let countLimit = Duration.seconds(3)
    /// How long the failed tests of a running jobset may take to be found.
    private static let failedTestsLimit = Duration.seconds(1)
    /// How many generations' reports are linked.
    private static let reportLimit = 20

    func add(to group: RouterGroup<GatewayContext>) {
        group.get("jobsets/{jobset}", use: jobset)
        group.get("jobsets/{jobset}/jobs/{position}", use: job)
        group.get("jobsets/{jobset}/report", use: report)
        group.get("jobsets/{jobset}/tests", use: tests)
    }

    private func jobset(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let status = try await gateway.readableJobset(context)
        guard let build = Build(status.build) else { throw Refusal.notFound() }
        let (store, id) = (gateway.store, status.id)
        let selection = Self.selection(request)
        async let environments = store.environments(of: id, limit: JobsetView.environmentLimit + 1)
        async let jobs = store.jobs(
            of: id,
            from: selection.from,
            limit: JobsetView.jobLimit + 1,
            Self.filter(selection)
        )
        async let deliveries = store.deliveries(of: id)
        async let tries = store.deliveryTries(of: id, latest: JobsetView.tryLimit, limit: Self.tryLimit)
        async let reported = store.reportedGenerations(of: id, limit: Self.reportLimit)
        async let report = report(of: status)
        async let failedTests = failedTests(of: status)
        let parts = JobsetView.Parts(
            jobset: status,
            environments: try await environments,
            jobs: try await jobs.map { $0.linked(gateway.labs) },
            selection: selection,
            deliveries: try await deliveries,
            tries: try await tries,
            reported: try await reported,
            report: try await report,
            failedTests: try await failedTests
        )
        let reader = gateway.reader(request, context, group: build.group, project: build.project)
        return gateway.page(JobsetView(parts, reader: reader, now: .now), for: reader, request)
    }

    /// The text of the report of a jobset's present generation, if it is there.
    private func report(of jobset: Jobset) async throws -> String? {
        guard jobset.state == .finished else { return nil }
        return try await gateway.store.storedReport(
            jobsetID: jobset.id,
            generation: jobset.generation,
            formats: [.text]
        )?[.text]
    }

    /// Some of the tests that have failed so far; none if that takes too long.
    private func failedTests(of jobset: Jobset) async throws -> [TestResult] {
        guard jobset.state == .running, jobset.tests.fail > 0 else { return [] }
        let filter = ResultFilter(status: .fail, limit: JobsetView.failedTestLimit + 1)
        do {
            return try await gateway.store.resultPage(of: jobset.id, filter, within: Self.failedTestsLimit)
                .results.map { $0.linked(gateway.labs) }
        } catch is QuestionFailure {
            return []
        }
    }

    private func tests(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let jobset = try await gateway.readableSummary(context)
        var suites: [SuiteTotals]?
        var metrics: [JobsetMetric]?
        do {
            let found = try await gateway.store.suiteMatrix(
                of: jobset.id,
                limit: SuiteMatrixView.limit + 1,
                within: Self.countLimit
            )
            suites = found.count > SuiteMatrixView.limit ? nil : found
            metrics = try await gateway.store.metrics(
                of: jobset.id,
                limit: SuiteMatrixView.metricLimit + 1,
                within: Self.countLimit
            )
        } catch is QuestionFailure {}
        let reader = gateway.reader(request, context, group: jobset.group, project: jobset.project)
        return gateway.page(SuiteMatrixView(jobset, suites, metrics: metrics), for: reader, request)
    }

    private func job(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let jobset = try await gateway.readableSummary(context)
        guard let position = context.parameters.get("position").flatMap({ Int32($0) }), position >= 0,
            let job = try await gateway.store.jobs(of: jobset.id, from: Int(position), limit: 1).first,
            job.position == Int(position)
        else { throw Refusal.notFound() }
        var filter = ResultFilter(position: job.position, limit: JobView.limit)
        filter.after = Self.place(request, position: job.position)
        let attempts = try await gateway.store.attempts(of: jobset.id, position: job.position)
        let results = try await gateway.store.resultPage(of: jobset.id, filter)
        let view = JobView(
            definition: try await shownDefinition(of: jobset.id, position: job.position, context),
            job.with(attempts).linked(gateway.labs),
            of: jobset,
            results: results.results.map { $0.linked(gateway.labs) },
            next: results.next,
            isFirstPage: filter.after == nil,
            areResultsKept: try await gateway.store.jobset(id: jobset.id)?.resultsRemovedAt == nil,
            reader: gateway.reader(request, context, group: jobset.group, project: jobset.project),
            now: .now
        )
        return gateway.page(view, for: gateway.reader(request, context), request)
    }

    /// A job's definition for its page, without its secrets; in its place, why it is not shown.
    private func shownDefinition(
        of jobset: UUID,
        position: Int,
        _ context: GatewayContext
    ) async throws -> JobView.Definition {
        guard let text = try await gateway.store.definition(of: jobset, position: position) else {
            let isRemoved = try await gateway.store.jobset(id: jobset)?.definitionsRemovedAt != nil
            return isRemoved ? .removed : .elsewhere
        }
        do {
            let shown = try await context.maskedDefinition(text)
            return shown.utf8.count > JobView.definitionBytes ? .long : .text(shown)
        } catch let refusal as Refusal where refusal.problem.status == 409 {
            return .hidden(refusal.problem.detail)
        }
    }

    private func report(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let jobset = try await gateway.readableSummary(context)
        let generation = request.uri.queryParameters["generation"].flatMap { Int32(String($0)) }.map(Int.init)
        let stored = try await gateway.store.storedReport(jobsetID: jobset.id, generation: generation, formats: [.text])
        guard let text = stored?[.text] else {
            guard try await gateway.store.jobset(id: jobset.id)?.reportsRemovedAt == nil else {
                throw FleetRefusal.noLongerKept(jobset: jobset.id.text, part: .reports)
            }
            throw Refusal.notFound("There is no such report. A report is written when the last job has finished.")
        }
        let view = ReportView(text, of: jobset, generation: generation)
        return gateway.page(view, for: gateway.reader(request, context), request)
    }

    private static func selection(_ request: Request) -> JobSelection {
        let query = request.uri.queryParameters
        let from = query["from"].flatMap { Int32(String($0)) } ?? 0
        return JobSelection(
            kind: query["show"].flatMap { JobSelection.Kind(rawValue: String($0)) } ?? .all,
            environment: query["environment"].map { String($0.prefix(500)).storable },
            name: query["name"].map { String($0.prefix(500)).storable },
            from: Int(max(0, from))
        )
    }

    private static func filter(_ selection: JobSelection) -> JobFilter {
        var filter = JobFilter()
        filter.environment = selection.environment
        filter.name = selection.name
        switch selection.kind {
        case .all: break
        case .failed: filter.hasFailed = true
        case .waiting: filter.state = .waiting
        case .inLab: filter.state = .submitted
        case .passed: filter.hasFailed = false
        }
        return filter
    }

    /// Where a page of results begins: `after=<lab job>-<index>`.
    private static func place(_ request: Request, position: Int) -> ResultPlace? {
        guard let text = request.uri.queryParameters["after"] else { return nil }
        let numbers = text.split(separator: "-").compactMap { Int($0) }
        guard numbers.count == 2, (0...Int(Int32.max)).contains(numbers[1]) else { return nil }
        return ResultPlace(position: position, labJob: numbers[0], index: numbers[1])
    }
}

extension GatewayParts {
    /// The jobset that the path names, from its own row alone, if the caller may see it.
    ///
    /// - Throws: ``Refusal``.
    func readableSummary(_ context: GatewayContext) async throws -> JobsetSummary {
        let (id, missing) = try context.jobsetID()
        guard let jobset = try await store.summary(of: id) else { throw context.caller.notFound(missing) }
        try context.caller.requireRead(group: jobset.group, project: jobset.project, or: missing)
        return jobset
    }
}

/// What people do to a jobset: seal, cancel, retry, have something delivered again.
struct JobsetFormRoutes: Sendable {
    let gateway: GatewayParts

    func add(to group: RouterGroup<GatewayContext>) {
        group.post("jobsets/{jobset}/seal", use: seal)
        group.post("jobsets/{jobset}/cancel", use: cancel)
        group.post("jobsets/{jobset}/retry", use: retry)
        group.post("deliveries/{delivery}/redeliver", use: redeliver)
    }

    private func seal(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (_, context) = try await gateway.signedForm(request, context)
        let (id, build) = try await gateway.jobset(in: context, for: .submit)
        _ = try await gateway.operations.seal(id, in: build, by: context.actor(Self.remarks))
        return .seeOther(Self.page(id, .whole, .sealed))
    }

    private func cancel(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (form, context) = try await gateway.signedForm(request, context)
        let (id, build) = try await gateway.jobset(in: context, for: .cancel)
        let reason = try form.reason()
        let choice = try JobChoice(form)
        _ = try await gateway.operations.cancel(
            id,
            in: build,
            jobs: choice.positions,
            reason: reason,
            by: context.actor(Self.remarks)
        )
        return .seeOther(Self.page(id, choice, .canceled))
    }

    private func retry(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (form, context) = try await gateway.signedForm(request, context)
        let (id, build) = try await gateway.jobset(in: context, for: .retry)
        let choice = try JobChoice(form)
        let selection: RetrySelection =
            choice.positions.map { .jobs($0) } ?? (form.text("select") == "all" ? .all : .failed)
        _ = try await gateway.operations.retry(id, selection, in: build, by: context.actor(Self.remarks))
        return .seeOther(Self.page(id, choice, .retried))
    }

    private func redeliver(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (_, context) = try await gateway.signedForm(request, context)
        let (delivery, jobset, build) = try await gateway.delivery(in: context, for: .redeliver)
        try await gateway.operations.redeliver(delivery, of: jobset, in: build, by: context.actor(Self.remarks))
        return .seeOther(Self.page(jobset, .whole, .redelivered) + "#deliveries")
    }

    private static let remarks = ["by": "dashboard"]

    private static func page(_ id: UUID, _ choice: JobChoice, _ deed: PageDeed) -> String {
        let page = "/jobsets/\(id.text)"
        switch choice {
        case .whole: return "\(page)?done=\(deed.rawValue)"
        case .one(let position): return "\(page)/jobs/\(position)?done=\(deed.rawValue)"
        case .ticked: return "\(page)?done=\(deed.rawValue)#jobs"
        }
    }
}

/// Which jobs of a jobset a form is about.
private enum JobChoice {
    /// The jobset as a whole.
    case whole
    /// The job whose page has the form.
    case one(Int)
    /// Those that were ticked in the list.
    case ticked(Set<Int>)

    init(_ form: FormFields) throws(Refusal) {
        let isList = form.text("select") == "jobs"
        var positions: Set<Int> = []
        for text in form.texts("job") {
            guard let number = Int32(text), number >= 0 else {
                throw .badRequest([Fault(pointer: "job", reason: "must be a job's place in the document")])
            }
            positions.insert(Int(number))
        }
        // A list in which nothing is ticked must not become the whole jobset.
        guard isList || positions.count < 2, !isList || !positions.isEmpty else {
            throw .badRequest([Fault(pointer: "job", reason: "is missing: select at least one job")])
        }
        self = isList ? .ticked(positions) : positions.first.map { .one($0) } ?? .whole
    }

    /// Their places in the document; `nil`: not only some.
    var positions: Set<Int>? {
        switch self {
        case .whole: nil
        case .one(let position): [position]
        case .ticked(let positions): positions
        }
    }
}
