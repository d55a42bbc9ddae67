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

    /// Why a lab job failed, as LAVA itself says it: the `lava/job` case. One request, without the other results.
    /// Nil if there is no such case: the job was canceled early, or its runner was killed.
    public func jobCase(job id: Int) async throws(LAVAError) -> LAVAResult? {
        let request = LAVARequest("jobs/\(id)/tests/", query: [("name", "job"), ("limit", "\(Self.pageSize)")])
        let page = try await decoded(ListPage<ResultRow>.self, request)
        return page.results.lazy.filter { $0.name == "job" && $0.definition == "lava" }
            .map { $0.result(suite: "lava") }.last
    }

    /// The names of a job's suites by their numbers.
    func suiteNames(job id: Int) async throws(LAVAError) -> [Int: String] {
        struct Row: Decodable {
            var id: Int
            var name: String
        }
        var names: [Int: String] = [:]
        var offset = 0
        for _ in 0..<Self.maximumPages {
            let request = LAVARequest("jobs/\(id)/suites/", query: [("limit", "1000"), ("offset", "\(offset)")])
            let page = try await decoded(ListPage<Row>.self, request)
            for row in page.results { names[row.id] = row.name }
            guard page.next != nil, !page.results.isEmpty else { break }
            offset += page.results.count
        }
        return names
    }
}
