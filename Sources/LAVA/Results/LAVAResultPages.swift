// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// The results of one lab job, a page at a time; a page is asked for when it is wanted, and none is kept. Made by
/// ``LAVAClient/results(job:pageSize:maximum:)``.
///
/// Whoever stops early can say how many were left out:
///
/// ```swift
/// var pages = client.results(job: 7, maximum: .max).makeAsyncIterator()
/// while taken < limit, let page = try await pages.next() { taken += page.count }
/// let leftOut = max(0, (pages.totalCount ?? taken) - taken)
/// ```
public struct LAVAResultPages: AsyncSequence, Sendable {
    /// The results of one page.
    public typealias Element = [LAVAResult]

    /// What asking for a page may throw.
    public typealias Failure = LAVAError

    let client: LAVAClient
    let job: Int
    let pageSize: Int
    let maximum: Int

    /// Starts at the first page.
    public func makeAsyncIterator() -> Iterator {
        Iterator(pages: self)
    }

    /// Walks over the pages.
    public struct Iterator: AsyncIteratorProtocol {
        let pages: LAVAResultPages
        /// How many results the job has in all, as the lab counted when it was last asked; nil before the first page.
        public private(set) var totalCount: Int?

        private var offset = 0
        private var isDone = false
        private var limit: Int
        private var suites: [Int: String]?

        init(pages: LAVAResultPages) {
            self.pages = pages
            limit = pages.pageSize
        }

        /// The next page, or nil after the last.
        public mutating func next() async throws(LAVAError) -> [LAVAResult]? {
            guard !isDone else { return nil }
            let page = try await page()
            totalCount = page.count
            offset += page.results.count
            isDone = page.next == nil || page.results.isEmpty
            guard offset <= pages.maximum, isDone || offset < pages.maximum else {
                isDone = true
                throw LAVAError(
                    kind: .unexpected(reason: "job \(pages.job) has \(page.count) results, more than are read"),
                    requestMayHaveBeenProcessed: false
                )
            }
            var results: [LAVAResult] = []
            results.reserveCapacity(page.results.count)
            for row in page.results {
                results.append(row.result(suite: try await suiteName(of: row)))
            }
            return results.isEmpty ? nil : results
        }

        /// The page at the offset. One that is too large, for what its cases say of themselves, is asked for with fewer
        /// rows.
        private mutating func page() async throws(LAVAError) -> ListPage<ResultRow> {
            while true {
                let request = LAVARequest(
                    "jobs/\(pages.job)/tests/",
                    query: [("ordering", "id"), ("limit", "\(limit)"), ("offset", "\(offset)")]
                )
                do {
                    return try await pages.client.decoded(ListPage<ResultRow>.self, request)
                } catch {
                    guard case .tooLarge = error.kind, limit > 1 else { throw error }
                    limit /= 2
                }
            }
        }

        private mutating func suiteName(of row: ResultRow) async throws(LAVAError) -> String {
            if let name = row.definition { return name }
            if let name = suites?[row.suite] { return name }
            if suites == nil {
                suites = try await pages.client.suiteNames(job: pages.job)
            }
            return suites?[row.suite] ?? "\(row.suite)"
        }
    }
}
