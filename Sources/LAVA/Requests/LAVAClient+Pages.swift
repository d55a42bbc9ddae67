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

    /// All jobs that match, over as many pages as there are, each once.
    ///
    /// - Parameter isWanted: Judges each row here, whatever the lab made of the filters.
    func jobs(
        matching filters: [(name: String, value: String)],
        where isWanted: @escaping @Sendable (LAVAJob) -> Bool
    ) async throws(LAVAError) -> [LAVAJob] {
        var found: [LAVAJob] = []
        var ids: Set<Int> = []
        try await walk(filters) { row -> LAVAJob? in
            let job = row.job
            return isWanted(job) ? job : nil
        } keep: { (job: LAVAJob) throws(LAVAError) in
            if ids.insert(job.id).inserted { found.append(job) }
        }
        return found
    }

    /// The same as rows, with their definitions; only those that are wanted are kept.
    func rows(
        matching filters: [(name: String, value: String)],
        where isWanted: @escaping @Sendable (JobRow) -> Bool
    ) async throws(LAVAError) -> [JobRow] {
        var found: [JobRow] = []
        var ids: Set<Int> = []
        var size = 0
        try await walk(filters) {
            isWanted($0) ? $0 : nil
        } keep: { (row: JobRow) throws(LAVAError) in
            guard ids.insert(row.id).inserted else { return }
            size += row.definition?.utf8.count ?? 0
            guard size <= Self.maximumDefinitionBytes else {
                throw Self.tooMuch("more than \(Self.maximumDefinitionBytes) bytes of definitions")
            }
            found.append(row)
        }
        return found
    }

    private func walk<Value: Sendable>(
        _ filters: [(name: String, value: String)],
        _ convert: @escaping @Sendable (JobRow) -> Value?,
        keep: (Value) throws(LAVAError) -> Void
    ) async throws(LAVAError) {
        var offset = 0
        var limit = Self.pageSize
        for _ in 0..<Self.maximumPages {
            let page = try await page(matching: filters, limit: limit, offset: offset, convert)
            for value in page.values { try keep(value) }
            guard page.hasMore, page.rowCount > 0 else { return }
            offset += page.rowCount
            if page.isCut { limit = min(limit, page.rowCount) }
        }
        throw Self.tooMuch("more than \(offset) rows")
    }

    private static func tooMuch(_ what: String) -> LAVAError {
        LAVAError(
            kind: .unexpected(reason: "\(what) for one question; does the lab know the filter?"),
            requestMayHaveBeenProcessed: false
        )
    }
}
