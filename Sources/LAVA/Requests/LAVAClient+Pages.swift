// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore
internal import NIOHTTP1

extension LAVAClient {
    /// The most pages that one question may take.
    static let maximumPages = 100

    /// The page size of a search, in rows.
    static let pageSize = 200

    /// The most text of definitions that one question keeps, in bytes.
    static let maximumDefinitionBytes = 32 * 1024 * 1024

    /// One page of jobs. LAVA's own order is none at all, so one is always asked for.
    func page<Value: Sendable>(
        matching filters: [(name: String, value: String)],
        ordering: String = "id",
        limit: Int,
        offset: Int,
        _ convert: @escaping @Sendable (JobRow) -> Value?
    ) async throws(LAVAError) -> ListPage<Value> {
        let limit = max(1, limit)
        let paging = [("ordering", ordering), ("limit", "\(limit)"), ("offset", "\(max(0, offset))")]
        return try await list(LAVARequest("jobs/", query: filters + paging), RowScanner.Limits(rows: limit), convert)
    }

    /// The jobs that match, over as many pages as it takes, each once.
    ///
    /// - Parameters:
    ///   - most: The most that are taken.
    ///   - isWanted: Judges each row here, whatever the lab made of the filters.
    /// - Returns: Those, in the lab's order, whether they are all (there is at least one if not), and how many rows could
    ///   not be read: any of them may be one that is wanted.
    func jobs(
        matching filters: [(name: String, value: String)],
        most: Int,
        where isWanted: @escaping @Sendable (LAVAJob) -> Bool
    ) async throws(LAVAError) -> (jobs: [LAVAJob], areAll: Bool, unreadable: Int) {
        var found: [LAVAJob] = []
        var ids: Set<Int> = []
        let seen = try await walk(filters) { row -> LAVAJob? in
            let job = row.job
            return isWanted(job) ? job : nil
        } keep: { (job: LAVAJob) in
            guard !ids.contains(job.id) else { return true }
            guard found.count < most else { return false }
            ids.insert(job.id)
            found.append(job)
            return true
        }
        guard seen.areAll || !found.isEmpty else {
            throw Self.tooMuch("more than \(Self.pageSize * Self.maximumPages) rows")
        }
        return (found, seen.areAll, seen.unreadable)
    }

    /// The same as rows, with their definitions; only those that are wanted are kept.
    func rows(
        matching filters: [(name: String, value: String)],
        most: Int = LAVAClient.pageSize * LAVAClient.maximumPages,
        where isWanted: @escaping @Sendable (JobRow) -> Bool
    ) async throws(LAVAError) -> (rows: [JobRow], areAll: Bool) {
        var found: [JobRow] = []
        var ids: Set<Int> = []
        var size = 0
        let seen = try await walk(filters) {
            isWanted($0) ? $0 : nil
        } keep: { (row: JobRow) in
            guard !ids.contains(row.id) else { return true }
            size += row.definition?.utf8.count ?? 0
            guard found.count < most, size <= Self.maximumDefinitionBytes else { return false }
            ids.insert(row.id)
            found.append(row)
            return true
        }
        guard seen.unreadable == 0 || !found.isEmpty else { throw Self.unreadable(seen.unreadable) }
        return (found, seen.areAll)
    }

    /// - Parameter keep: Takes a row; false ends the walk.
    /// - Returns: Whether all rows were seen, and how many of them could not be read.
    private func walk<Value: Sendable>(
        _ filters: [(name: String, value: String)],
        _ convert: @escaping @Sendable (JobRow) -> Value?,
        keep: (Value) -> Bool
    ) async throws(LAVAError) -> (areAll: Bool, unreadable: Int) {
        var offset = 0
        var limit = Self.pageSize
        var unreadable = 0
        for _ in 0..<Self.maximumPages {
            let page = try await page(matching: filters, limit: limit, offset: offset, convert)
            unreadable += page.unreadable
            for value in page.values { guard keep(value) else { return (false, unreadable) } }
            guard page.hasMore, page.rowCount > 0 else { return (true, unreadable) }
            offset += page.rowCount
            if page.isCut { limit = min(limit, page.rowCount) }
        }
        return (false, unreadable)
    }

    static func unreadable(_ count: Int) -> LAVAError {
        LAVAError(
            kind: .unexpected(reason: "\(count) rows of its list can't be read"),
            requestMayHaveBeenProcessed: false
        )
    }

    static func tooMuch(_ what: String) -> LAVAError {
        LAVAError(
            kind: .unexpected(reason: "\(what) for one question; does the lab know the filter?"),
            requestMayHaveBeenProcessed: false
        )
    }
}
