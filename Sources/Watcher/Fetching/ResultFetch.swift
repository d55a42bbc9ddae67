// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Labs

/// Fetches the results of one lab job and holds no more than two pages of them: all but the last are stored on the way,
/// and the last goes with the lab job's end.
struct ResultFetch: Sendable {
    let store: FleetStore
    let lab: any Lab
    let labJob: LabJobToFetch
    /// The most results that are kept.
    let maximum: Int
    /// What this fetch may hold in memory.
    let share: ResultsInHand.Share

    /// What a result takes beside its texts, in bytes.
    static let resultBytes = 512

    /// A page of results that a usual job fits into.
    static let page = 1000

    /// What was fetched.
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
        /// What ``rows`` count for in ``ResultFetch/share``.
        var bytes = 0
        /// The lab's own word on the job.
        var verdict: LabVerdict?
    }

    /// Fetches all results.
    ///
    /// - Returns: `nil` when somebody else has stored them meanwhile, or the job was found not to have finished.
    /// - Throws: `LabError` of the lab, `PostgresError` of the database, `ResultsInHand.NoRoom`.
    func run() async throws -> Found? {
        var found = Found()
        // One page more than is kept, so that a job with too many results is cut here and not refused there.
        let id = LabJobID(labJob.number)
        var pages = lab.results(of: id, pageSize: Self.page, maximum: maximum + Self.page)
        while let page = try await pages.next() {
            (found.unreadable, found.fault) = (page.unreadableCount, page.fault)
            let bytes = page.rows.reduce(0) { $0 + $1.textBytes + Self.resultBytes }
            try share.take(bytes)
            if !found.rows.isEmpty {
                guard try await store.storeResults(ofLabJob: labJob.id, from: found.stored, found.rows) else {
                    return nil
                }
                found.stored += found.rows.count
            }
            share.give(found.bytes)
            found.bytes = bytes
            found.verdict = page.verdict ?? found.verdict
            found.rows = page.rows
            let excess = found.stored + found.rows.count - maximum
            guard excess < 0 else {
                found.rows.removeLast(min(excess, found.rows.count))
                // What the lab counts is its own affair; it is kept as far as there is room for the number.
                found.leftOut = min(max(excess, (page.totalCount ?? 0) - maximum, 0), Int(Int32.max))
                break
            }
        }
        if found.leftOut > 0, found.verdict == nil { found.verdict = try await lab.verdict(of: id) }
        return found
    }
}
