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
        /// How many results the job has in all, as the lab counted when it was last asked, at most what 32 bits hold;
        /// nil before the first page, and if it did not say.
        public private(set) var totalCount: Int?

        /// How many results could not be read so far; they are left out.
        public private(set) var unreadableCount = 0

        /// What was wrong with the first of those.
        public private(set) var firstFault: String?

        private var offset = 0
        private var isDone = false
        private var limit: Int
        private var suites: [Int: String]?

        init(pages: LAVAResultPages) {
            self.pages = pages
            limit = pages.pageSize
        }

        /// The next page, or nil after the last. A page of which nothing could be read is empty.
        public mutating func next() async throws(LAVAError) -> [LAVAResult]? {
            guard !isDone else { return nil }
            let page = try await page()
            totalCount = page.count
            unreadableCount += page.unreadable
            firstFault = firstFault ?? page.firstFault
            offset += page.rowCount
            isDone = !page.hasMore || page.rowCount == 0
            // Fewer rows fit than were asked for: the next page is no larger.
            if page.isCut { limit = Swift.max(1, Swift.min(limit, page.rowCount)) }
            guard offset <= pages.maximum, isDone || offset < pages.maximum else {
                isDone = true
                let count = page.count.map { "\($0)" } ?? "more than \(offset)"
                throw LAVAError(
                    kind: .unexpected(reason: "job \(pages.job) has \(count) results, more than are read"),
                    requestMayHaveBeenProcessed: false
                )
            }
            var results: [LAVAResult] = []
            results.reserveCapacity(page.values.count)
            for row in page.values {
                results.append(row.result(suite: try await suiteName(of: row)))
            }
            return page.rowCount == 0 ? nil : results
        }

        /// The page at the offset, or as much of it as is held at once.
        private func page() async throws(LAVAError) -> ListPage<ResultRow> {
            let request = LAVARequest(
                "jobs/\(pages.job)/tests/",
                query: [("ordering", "id"), ("limit", "\(limit)"), ("offset", "\(offset)")],
                for: .results
            )
            return try await pages.client.list(request, LAVAClient.resultLimits(rows: limit)) { (row: ResultRow) in row
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
