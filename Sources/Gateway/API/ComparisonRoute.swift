// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Hummingbird
import Reports
import Synchronization

/// How a finished jobset compares with another of its project.
struct ComparisonRoute: Sendable {
    let gateway: GatewayParts

    func add(to api: APIGroup) {
        api.get("jobsets/{jobset}/comparison", .compare, use: comparison)
    }

    private func comparison(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var query = QueryReader(request)
        let name = query.baseline()
        let environment = query.text("environment")
        if name == nil { query.add("baseline", nil, "is missing") }
        try query.finish()
        let jobset = try await gateway.readableJobset(context)
        guard let name else { throw Refusal.notFound() }
        let baseline = try await gateway.baseline(name, of: jobset, context)
        let pair = try ComparedPair(jobset, with: baseline)
        let difference: JobsetDifference
        do {
            difference = try await gateway.difference(
                of: pair,
                environment: environment,
                limit: ReportLimits.json.comparedTests,
                within: ComparedPair.longest,
                context
            )
        } catch let failure as QuestionFailure {
            throw Refusal.notCompared(failure, limit: ComparedPair.longest, ofOne: environment != nil)
        }
        let text = try JSONReport.comparison(
            of: pair.jobset,
            ReportedComparison(difference, with: pair.baseline, gateway.labs),
            ReportedMetrics(difference.tests.metrics, total: difference.tests.metricTotal)
        )
        return .entity(Array(text.utf8), type: "application/json", for: request)
    }
}

extension QueryReader {
    /// What a jobset is to be compared with.
    mutating func baseline() -> BaselineName? {
        guard let text = text("baseline"), !text.isEmpty else { return nil }
        if let name = BaselineName(text) { return name }
        add("baseline", text, "must be a jobset's id, a build such as /group/project/version, or a version")
        return nil
    }
}

extension GatewayParts {
    /// The jobset that is meant by a baseline's name, if the caller may see it: one of the same project.
    ///
    /// - Throws: ``Refusal``.
    func baseline(_ name: BaselineName, of jobset: Jobset, _ context: GatewayContext) async throws -> Jobset {
        guard let build = Build(jobset.build) else { throw Refusal.notFound() }
        switch name {
        case .jobset(let id):
            let missing = FleetRefusal.noSuchJobset(id: id.text)
            guard let found = try await store.jobset(id: id), let other = Build(found.build) else {
                throw context.caller.notFound(missing)
            }
            // What may not be seen is as if it was not there, also here.
            try context.caller.requireRead(group: other.group, project: other.project, or: missing)
            guard (other.group, other.project) == (build.group, build.project) else {
                throw Refusal.otherProject(name, than: build)
            }
            return found
        case .build(let other):
            guard (other.group, other.project) == (build.group, build.project) else {
                throw Refusal.otherProject(name, than: build)
            }
            return try await latest(of: other, otherThan: jobset)
        case .version(let version):
            guard let other = Build(group: build.group, project: build.project, version: version) else {
                throw Refusal.notFound()
            }
            return try await latest(of: other, otherThan: jobset)
        }
    }

    private func latest(of build: Build, otherThan jobset: Jobset) async throws -> Jobset {
        guard let id = try await store.latestJobset(of: build, otherThan: jobset.id),
            let found = try await store.jobset(id: id)
        else { throw Refusal.notFound("There is no other jobset of \(build).") }
        return found
    }

    /// How they differ. It is hard work for the database, so few are compared at once, and what was found is kept a while.
    ///
    /// - Parameter limit: The most tests of each kind, and the most measurements.
    /// - Throws: ``Refusal`` when others are being compared; ``QuestionFailure`` when it takes too long.
    func difference(
        of pair: ComparedPair,
        environment: String?,
        limit: Int,
        within time: Duration,
        _ context: GatewayContext
    ) async throws -> JobsetDifference {
        let key = ComparisonCache.Key(pair: pair, environment: environment, limit: limit)
        if let known = recentComparisons[key] { return known }
        let slot = try await comparisonSlot(context)
        defer { withExtendedLifetime(slot) {} }
        if let known = recentComparisons[key] { return known }
        let difference = try await store.difference(
            of: pair.jobset.id,
            from: pair.baseline.id,
            environment: environment,
            limit: limit,
            metricLimit: limit,
            within: time
        )
        recentComparisons[key] = difference
        return difference
    }

    /// The right to compare, for which it waits some seconds: somebody may have sent several people the same link.
    private func comparisonSlot(_ context: GatewayContext) async throws -> SharedSlots.Slot {
        let end = ContinuousClock.now + .seconds(5)
        while true {
            if let slot = comparisons.take(for: context.caller.share) { return slot }
            guard .now < end else { throw Refusal.busy() }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

/// Comparisons that were made lately: whoever turns the pages of one has it made once.
final class ComparisonCache: Sendable {
    /// What was compared. A jobset that was retried has finished at another time.
    struct Key: Hashable {
        private let ids: [UUID]
        private let ends: [Date]
        private let environment: String?
        private let limit: Int

        init(pair: ComparedPair, environment: String?, limit: Int) {
            ids = [pair.jobset.id, pair.baseline.id]
            ends = [pair.jobset.finishedAt, pair.baseline.finishedAt]
            (self.environment, self.limit) = (environment, limit)
        }
    }

    private struct Entry {
        let key: Key
        let difference: JobsetDifference
        let madeAt: ContinuousClock.Instant
    }

    /// How many are kept, and for how long.
    private static let (most, longest) = (4, Duration.seconds(300))
    /// Those with more tests are not kept.
    private static let mostTests = 10_000

    private let entries = Mutex<[Entry]>([])

    subscript(key: Key) -> JobsetDifference? {
        get {
            entries.withLock { entries in
                entries.removeAll { $0.madeAt + Self.longest < .now }
                return entries.first { $0.key == key }?.difference
            }
        }
        set {
            entries.withLock { entries in
                entries.removeAll { $0.key == key }
                guard let newValue, newValue.tests.tests.values.reduce(0, { $0 + $1.count }) <= Self.mostTests else {
                    return
                }
                entries.append(Entry(key: key, difference: newValue, madeAt: .now))
                if entries.count > Self.most { entries.removeFirst() }
            }
        }
    }
}

extension Refusal {
    /// What is compared is of two projects.
    static func otherProject(_ baseline: BaselineName, than build: Build) -> Refusal {
        let reason = "is not of \(build.group)/\(build.project): only jobsets of one project can be compared"
        return .badRequest([Fault(pointer: "?baseline", value: "\(baseline)", reason: reason)])
    }

    /// The jobsets could not be compared.
    static func notCompared(_ failure: QuestionFailure, limit: Duration, ofOne: Bool) -> Refusal {
        if failure == .tooLong, !ofOne {
            let reason =
                "is needed: the jobsets have too many results to be compared within \(limit.components.seconds) s"
            return .badRequest([Fault(pointer: "?environment", reason: reason)])
        }
        return Refusal(
            "unavailable",
            "Temporarily unavailable",
            status: 503,
            detail: "The jobsets could not be compared: \(failure). Try again later.",
            headers: [.retryAfter: "5"]
        )
    }
}

extension APIOperation {
    fileprivate static let compare = APIOperation(
        id: "compareJobsets",
        summary: "How a finished jobset compares with another of its project",
        parameters: [
            query(
                "baseline",
                "What it is compared with: a jobset's id, a build `/group/project/version`, or a version of the project",
                text,
                isRequired: true
            ),
            query("environment", "Only tests and metrics of this environment", text),
        ],
        answers: ["200": json("The comparison, as in the report", ["type": "object"]), "304": notModified],
        refusals: [409, 410]
    )
}
