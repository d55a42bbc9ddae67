// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import LAVA

/// Walks over the results of one lab job and holds no more than two pages of them: all but the last are stored on the
/// way, and the last goes with the lab job's end.
struct ResultWalk: Sendable {
    let store: FleetStore
    let lab: LAVAClient
    let labJob: LabJobToFetch
    /// The most results that are kept.
    let maximum: Int
    /// What this fetch may hold in memory.
    let share: ResultsInHand.Share

    /// What a result takes beside its texts, in bytes.
    static let resultBytes = 512

    /// LAVA's page of results that a usual job fits into.
    static let page = 1000

    /// What a walk has come to.
    struct Found: Sendable {
        /// The last page.
        var rows: [ResultRow] = []
        /// How many were stored before it.
        var stored = 0
        /// How many were more than are kept.
        var leftOut = 0
        /// How many could not be read, and what was wrong with the first.
        var unreadable = 0
        var fault: String?
        /// What ``rows`` count for in ``ResultWalk/share``.
        var bytes = 0
        /// LAVA's own word on the job, the case `lava/job`.
        var verdict: LAVAResult?
    }

    /// Fetches all results.
    ///
    /// - Returns: `nil` when somebody else has stored them meanwhile, or the job was found not to have finished.
    /// - Throws: `LAVAError` of the lab, `PostgresError` of the database, `ResultsInHand.NoRoom`.
    func run() async throws -> Found? {
        var found = Found()
        // One page more than is kept, so that a job with too many results is cut here and not refused there.
        let pages = lab.results(job: labJob.number, pageSize: Self.page, maximum: maximum + Self.page)
        var iterator = pages.makeAsyncIterator()
        while let page = try await iterator.next() {
            let bytes = page.reduce(0) { $0 + $1.textBytes + Self.resultBytes }
            try share.take(bytes)
            if !found.rows.isEmpty {
                guard try await store.storeResults(ofLabJob: labJob.id, from: found.stored, found.rows) else {
                    return nil
                }
                found.stored += found.rows.count
            }
            share.give(found.bytes)
            found.bytes = bytes
            found.verdict = page.last { $0.suite == "lava" && $0.name == "job" } ?? found.verdict
            found.rows = page.map(ResultRow.init)
            let excess = found.stored + found.rows.count - maximum
            guard excess < 0 else {
                found.rows.removeLast(min(excess, found.rows.count))
                // What the lab counts is its own affair; it is kept as far as there is room for the number.
                found.leftOut = min(max(excess, (iterator.totalCount ?? 0) - maximum, 0), Int(Int32.max))
                break
            }
        }
        (found.unreadable, found.fault) = (iterator.unreadableCount, iterator.firstFault)
        if found.leftOut > 0, found.verdict == nil { found.verdict = try await lab.jobCase(job: labJob.number) }
        return found
    }
}

extension ResultRow {
    /// A result as it is stored.
    init(_ result: LAVAResult) {
        self.init(
            suite: result.suite.storable,
            suiteNumber: result.suiteNumber,
            name: result.name.storable,
            status: ResultStatus(result.result),
            measurement: result.measurement.flatMap { $0.isDecimalNumber ? $0 : nil },
            units: result.unit.isEmpty ? nil : result.unit.storable,
            startLogLine: result.startLogLine.flatMap { Int32(exactly: $0) }.map { Int($0) },
            endLogLine: result.endLogLine.flatMap { Int32(exactly: $0) }.map { Int($0) }
        )
    }
}

extension ResultStatus {
    /// LAVA's four words are ours.
    fileprivate init(_ outcome: LAVAResult.Outcome) {
        self =
            switch outcome {
            case .pass: .pass
            case .fail: .fail
            case .skip: .skip
            case .unknown: .unknown
            }
    }
}

extension LAVAResult {
    /// How much its texts take, in bytes.
    fileprivate var textBytes: Int {
        [suite, name, unit, measurement ?? "", errorType ?? "", errorMessage ?? ""].reduce(0) { $0 + $1.utf8.count }
    }
}

extension String {
    /// Whether it is digits, perhaps with a sign and a point, as LAVA's measurements are.
    fileprivate var isDecimalNumber: Bool {
        utf8.count <= 60 && wholeMatch(of: /-?[0-9]+(\.[0-9]+)?/) != nil
    }
}
