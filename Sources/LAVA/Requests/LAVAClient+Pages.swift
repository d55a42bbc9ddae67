// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// One page of any list.
struct ListPage<Row: Decodable>: Decodable {
    var count: Int
    /// Only its presence counts: it holds the address by which the lab knows itself, which behind a proxy need not
    /// be the one we use.
    var next: String?
    var results: [Row]
}

extension LAVAClient {
    /// The most pages that one question may take.
    static let maximumPages = 100

    /// The page size of a search, in rows.
    static let pageSize = 200

    /// One page of jobs. LAVA's own order is none at all, so one is always asked for.
    ///
    /// Each row carries its definition, whatever its size: a page that is too large is asked for with fewer rows.
    func page(
        matching filters: [(name: String, value: String)],
        ordering: String = "id",
        limit: Int,
        offset: Int
    ) async throws(LAVAError) -> ListPage<JobRow> {
        var limit = max(1, limit)
        while true {
            let paging = [("ordering", ordering), ("limit", "\(limit)"), ("offset", "\(max(0, offset))")]
            do {
                return try await decoded(ListPage<JobRow>.self, LAVARequest("jobs/", query: filters + paging))
            } catch {
                guard case .tooLarge = error.kind, limit > 1 else { throw error }
                limit /= 2
            }
        }
    }

    /// All jobs that match, over as many pages as there are.
    ///
    /// - Parameter isWanted: Judges each row here, whatever the lab made of the filters.
    func jobs(
        matching filters: [(name: String, value: String)],
        where isWanted: (LAVAJob) -> Bool
    ) async throws(LAVAError) -> [LAVAJob] {
        var found: [LAVAJob] = []
        try await walk(filters) { row in
            let job = row.job
            if isWanted(job) { found.append(job) }
        }
        return found
    }

    /// The same as rows, with their definitions; only those that are wanted are kept.
    func rows(
        matching filters: [(name: String, value: String)],
        where isWanted: (JobRow) -> Bool
    ) async throws(LAVAError) -> [JobRow] {
        var found: [JobRow] = []
        try await walk(filters) { row in
            if isWanted(row) { found.append(row) }
        }
        return found
    }

    private func walk(_ filters: [(name: String, value: String)], _ look: (JobRow) -> Void) async throws(LAVAError) {
        var offset = 0
        for _ in 0..<Self.maximumPages {
            let page = try await page(matching: filters, limit: Self.pageSize, offset: offset)
            for row in page.results { look(row) }
            guard page.next != nil, !page.results.isEmpty else { return }
            offset += page.results.count
        }
        throw LAVAError(
            kind: .unexpected(reason: "more than \(offset) rows for one question; does the lab know the filter?"),
            requestMayHaveBeenProcessed: false
        )
    }
}
