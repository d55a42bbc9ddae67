// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Foundation
import Logging
import Reports

/// What of a report has to read every test case.
struct ReportParts: Sendable {
    var failedTests: [TestResult] = []
    var suites = ReportedSuites()
    var baseline: ReportedBaseline?
    var metrics = ReportedMetrics()
    var earlier: [EnvironmentTest: EarlierRuns] = [:]
    var missing: [MissingPart] = []

    /// All of them, when none is tried any more.
    static let brief = MissingPart.Part.allCases.filter { $0 != .testCases }.map { part in
        MissingPart(part, reason: "in several tries")
    }
}

extension ReportLoader {
    /// How many failed test cases are read at a time.
    private static let failedPage = 2_000
    /// Of how many failed tests it is told how often they failed before.
    private static let historyTests = 2_000
    /// In how many jobsets before.
    private static let historyJobsets = 20

    /// Each part within its limit of time, one after another.
    func parts(of end: FinishedJobsetReport) async throws -> ReportParts {
        var parts = ReportParts()
        try await addFailedTests(of: end, to: &parts)
        let jobset = end.jobset.id
        let found = try await store.baseline(of: jobset)
        let baseline: BaselineJobset? = if case .found(let found) = found { found } else { nil }
        let pieces = ReportPieces.of(try await store.environmentSizes(of: jobset, with: baseline?.id))
        try await addSuites(of: jobset, pieces, to: &parts)
        try await addComparison(of: jobset, found, pieces, to: &parts)
        try await addHistory(of: jobset, to: &parts)
        return parts
    }

    private func addFailedTests(of end: FinishedJobsetReport, to parts: inout ReportParts) async throws {
        guard end.totals.tests.fail > 0 else { return }
        let limit = PartLimit(partLimit)
        let most = ReportLimits.json.failedTests
        var filter = ResultFilter(status: .fail)
        do {
            while parts.failedTests.count < most {
                filter.limit = min(Self.failedPage, most - parts.failedTests.count)
                let page = try await store.resultPage(of: end.jobset.id, filter, within: try limit.left())
                parts.failedTests += page.results.map { $0.linked(labs) }
                guard let next = page.next else { return }
                filter.after = next
            }
        } catch let failure as QuestionFailure {
            parts.missing.append(missing(.failedTests, failure))
        }
    }

    /// How often failed tests failed before: of regressions and new failures first, for they are listed first.
    private func addHistory(of jobset: UUID, to parts: inout ReportParts) async throws {
        var tests: [EnvironmentTest] = []
        if case .compared(let comparison) = parts.baseline {
            tests += (comparison.regressions.tests + comparison.newFailures.tests).map(\.environmentTest)
        }
        tests += parts.failedTests.map(\.environmentTest)
        var known: Set<EnvironmentTest> = []
        let wanted = tests.filter { known.insert($0).inserted }.prefix(Self.historyTests)
        do {
            parts.earlier = try await store.earlierRuns(
                of: Array(wanted),
                before: jobset,
                limit: Self.historyJobsets,
                within: partLimit
            )
        } catch let failure as QuestionFailure {
            parts.missing.append(missing(.history, failure))
        }
    }

    private func addSuites(of jobset: UUID, _ pieces: [[String]], to parts: inout ReportParts) async throws {
        let most = ReportLimits.json.environments
        var (suites, total): ([SuiteTotals], Int) = ([], 0)
        let gap = try await eachPiece(pieces, .suites) { environments, time in
            let found = try await store.suites(of: jobset, environments: environments, limit: most, within: time)
            suites += found.suites
            suites = Array(suites.sorted(by: Self.hasMoreFailures).prefix(most))
            total += found.total
        }
        if let gap { parts.missing.append(gap) }
        parts.suites = ReportedSuites(suites, total: total)
    }

    private static func hasMoreFailures(_ left: SuiteTotals, _ right: SuiteTotals) -> Bool {
        (-left.tests.fail, left.environment, left.suite) < (-right.tests.fail, right.environment, right.suite)
    }

    /// Makes a part one piece after another, until there is no time left.
    ///
    /// - Returns: What could not be made of it.
    func eachPiece(
        _ pieces: [[String]],
        _ part: MissingPart.Part,
        _ make: (_ environments: [String], _ time: Duration) async throws -> Void
    ) async throws -> MissingPart? {
        let limit = PartLimit(partLimit)
        var done = 0
        for piece in pieces {
            do {
                try await make(piece, try limit.left())
                done += piece.count
            } catch let failure as QuestionFailure {
                let total = pieces.reduce(0) { $0 + $1.count }
                return missing(part, failure, MissingPart.Extent(missing: total - done, total: total))
            }
        }
        return nil
    }

    /// What the database says of itself is for the operator; a report says only that it could not.
    func missing(
        _ part: MissingPart.Part,
        _ failure: QuestionFailure,
        _ environments: MissingPart.Extent? = nil
    ) -> MissingPart {
        logger.warning(
            "a part of a report was left out",
            [.part: "\(part.rawValue)", .error: "\(failure)", .limit: "\(partLimit)"]
        )
        let reason =
            switch failure {
            case .tooLong: "within \(partLimit.components.seconds) s"
            case .refused: "by the database, whose log says why"
            }
        return MissingPart(part, reason: reason, environments: environments)
    }
}

/// The environments of a jobset in pieces, each of which the database compares without much memory or time.
enum ReportPieces {
    /// How many test cases a piece has at most, unless one environment alone has more.
    static let tests = 250_000

    /// All environments: the small ones first, so that one that takes too long keeps no other out.
    static func of(_ sizes: [EnvironmentSize], tests limit: Int = tests) -> [[String]] {
        var pieces: [[String]] = []
        var room = 0
        for size in sizes.sorted(by: { ($0.tests, $0.environment) < ($1.tests, $1.environment) }) {
            if size.tests > room || pieces.isEmpty {
                pieces.append([])
                room = limit
            }
            pieces[pieces.count - 1].append(size.environment)
            room -= size.tests
        }
        return pieces
    }
}

/// How long a part of a report may take altogether, however many questions it asks.
struct PartLimit: Sendable {
    /// All of it.
    let limit: Duration
    private let end: ContinuousClock.Instant

    /// A part that begins now.
    init(_ limit: Duration) {
        self.limit = limit
        end = .now + limit
    }

    /// What is left of it.
    ///
    /// - Throws: `QuestionFailure` when that is nothing.
    func left() throws(QuestionFailure) -> Duration {
        let left = end - .now
        guard left > .zero else { throw .tooLong }
        return left
    }
}
