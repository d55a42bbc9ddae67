// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

extension LAVAClient {
    /// The results of a lab job, a page at a time: a usual job is one request.
    ///
    /// The page size is what makes it one; LAVA pages by 50 unless asked. The suite's name comes with each case's
    /// metadata; only where it is missing is the list of suites asked for, once.
    ///
    /// A job the lab does not know has no results, not an error: LAVA answers with an empty list.
    ///
    /// - Parameters:
    ///   - id: The lab job's number.
    ///   - pageSize: The most results of one request.
    ///   - maximum: The most results in all. A job with more throws ``LAVAError/Kind/unexpected(reason:)`` rather
    ///     than being cut in silence.
    public func results(job id: Int, pageSize: Int = 1_000, maximum: Int = 100_000) -> LAVAResultPages {
        LAVAResultPages(client: self, job: id, pageSize: max(1, pageSize), maximum: max(1, maximum))
    }

    /// Has the fetches of results that only wait for their turn throw ``LAVAError/Kind/busy``; what is on its way goes on.
    public func endWaitsForResults() { permits.endWaits(for: .results) }

    /// Why a lab job failed, as LAVA itself says it: the `lava/job` case. One request, without the other results.
    /// Nil if there is no such case: the job was canceled early, or its runner was killed.
    public func jobCase(job id: Int) async throws(LAVAError) -> LAVAResult? {
        let request = LAVARequest(
            "jobs/\(id)/tests/",
            query: [("name", "job"), ("limit", "\(Self.pageSize)")],
            for: .results
        )
        let page = try await list(request, Self.resultLimits(rows: Self.pageSize)) { (row: ResultRow) -> LAVAResult? in
            row.name == "job" && row.definition == "lava" ? row.result(suite: "lava") : nil
        }
        return page.values.last
    }

    /// What is kept of a page of results, all of whose rows are in memory at once.
    static func resultLimits(rows: Int) -> RowScanner.Limits {
        RowScanner.Limits(rows: rows, rowBytes: 512 * 1024, textBytes: 64 * 1024, pageBytes: 1024 * 1024)
    }

    /// The most suites of a job whose names are asked for.
    private static let maximumSuites = 10_000

    /// The names of a job's suites by their numbers.
    func suiteNames(job id: Int) async throws(LAVAError) -> [Int: String] {
        struct Row: Decodable {
            var id: Int
            var name: String
        }
        var names: [Int: String] = [:]
        var offset = 0
        var limit = 1_000
        while offset < Self.maximumSuites {
            let request = LAVARequest(
                "jobs/\(id)/suites/",
                query: [("limit", "\(limit)"), ("offset", "\(offset)")],
                for: .results
            )
            let page = try await list(request, Self.resultLimits(rows: limit)) { (row: Row) -> (Int, String)? in
                (row.id, AnswerText.excerpt(row.name, limit: 1_000))
            }
            for (id, name) in page.values { names[id] = name }
            guard page.hasMore, page.rowCount > 0 else { break }
            offset += page.rowCount
            if page.isCut { limit = min(limit, page.rowCount) }
        }
        return names
    }
}
