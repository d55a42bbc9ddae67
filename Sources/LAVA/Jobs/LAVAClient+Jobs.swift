// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import NIOCore
internal import NIOHTTP1

extension LAVAClient {
    /// The longest id list of one request, in bytes. LAVA's server takes a request line of 4,094 bytes; ours stay
    /// below 4,000 with the path and the other parameters.
    static let idListBytes = 3_500

    /// The most ids of one request: each row brings its definition along.
    static let idListCount = 200

    /// One lab job. An id that the lab does not know throws ``LAVAError/Kind/notFound``.
    ///
    /// - Parameter isFetch: Whether it belongs to a fetch of results, and stands in line with those.
    public func job(_ id: Int, isFetch: Bool = false) async throws(LAVAError) -> LAVAJob {
        try await row(JobRow.self, LAVARequest("jobs/\(id)/", for: isFetch ? .results : .other)).job
    }

    /// Many lab jobs, in as few requests as their number allows. Ids that the lab does not know are missing from
    /// the result; the order is by id.
    ///
    /// A lab that knows us and refuses its list is asked for each by itself, in as many requests as there are ids; a job
    /// that it does not let us see then is missing, as it would be from a list. So is a lab whose list has rows that
    /// can't be read, for the ids that are not among the others.
    public func jobs(ids: [Int]) async throws(LAVAError) -> LAVALookup {
        var result = LAVALookup()
        for chunk in Self.chunks(of: ids) {
            let wanted = Set(chunk)
            let list = chunk.map(String.init).joined(separator: ",")
            do throws(LAVAError) {
                let found = try await jobs(matching: [("id__in", list)], most: chunk.count) { wanted.contains($0.id) }
                // What is missing from a part of a list may be in the rest.
                guard found.areAll || found.jobs.count == chunk.count else { throw Self.tooMuch("too many rows") }
                result.jobs += found.jobs
                if found.unreadable > 0 {
                    let missing = wanted.subtracting(found.jobs.map(\.id))
                    try await lookUp(missing.sorted(), into: &result)
                }
            } catch {
                guard error.isRefusalToShow, try await knowsUs() else { throw error }
                try await lookUp(chunk, into: &result)
            }
        }
        result.jobs.sort { $0.id < $1.id }
        return result
    }

    /// One by one.
    private func lookUp(_ ids: [Int], into result: inout LAVALookup) async throws(LAVAError) {
        for id in ids {
            do {
                let job = try await job(id)
                if job.id == id { result.jobs.append(job) } else { result.unreadable.insert(id) }
            } catch {
                if error.isUnreadable {
                    result.unreadable.insert(id)
                } else if !error.isRefusalToShow {
                    throw error
                }
            }
        }
    }

    /// Whether the lab takes us for who we are: one that does not may refuse anything. A lab that has no way to tell is
    /// taken not to.
    public func knowsUs() async throws(LAVAError) -> Bool {
        do throws(LAVAError) {
            let user = try await whoami()
            return lab.token == nil || !user.isEmpty
        } catch {
            guard error.isRefusalToShow else { throw error }
            return false
        }
    }

    /// What finished after a moment, oldest first: the question that mends missed events without asking for each job.
    ///
    /// - Parameters:
    ///   - endedAfter: By the lab's clock, exclusive, to the microsecond. Jobs can end within one microsecond of
    ///     each other and become visible late, so go back a little and expect some twice.
    ///   - submitter: Only this user's jobs, where it is known who we are; `nil` for everybody's.
    ///   - limit: The most rows of this page. A row carries its definition.
    ///   - offset: The rows to leave out, by ``LAVAPage/rowCount``.
    public func finishedJobs(
        endedAfter: Date,
        submitter: String? = nil,
        limit: Int,
        offset: Int = 0
    ) async throws(LAVAError) -> LAVAPage {
        let own = submitter.map { [(name: "submitter__username", value: $0)] } ?? []
        let bound = LAVATimestamp.microseconds(endedAfter)
        let page = try await page(
            matching: [("state", "Finished"), ("end_time__gt", LAVATimestamp.format(endedAfter))] + own,
            ordering: "end_time,id",
            limit: limit,
            offset: offset
        ) { row -> LAVAJob? in
            let job = row.job
            guard job.state == .finished, let end = job.endTime else { return nil }
            return LAVATimestamp.microseconds(end) > bound ? job : nil
        }
        return LAVAPage(page)
    }

    /// What a user submitted after a moment, in the order in which the lab took it.
    ///
    /// - Parameters:
    ///   - after: By the lab's clock, exclusive, to the microsecond.
    ///   - submitter: Whose jobs.
    ///   - limit: The most rows of this page. A row carries its definition.
    ///   - offset: The rows to leave out, by ``LAVAPage/rowCount``.
    public func submittedJobs(
        after: Date,
        by submitter: String,
        limit: Int,
        offset: Int = 0
    ) async throws(LAVAError) -> LAVAPage {
        let bound = LAVATimestamp.microseconds(after)
        let page = try await page(
            matching: [("submitter__username", submitter), ("submit_time__gt", LAVATimestamp.format(after))],
            limit: limit,
            offset: offset
        ) { row -> LAVAJob? in
            let job = row.job
            guard job.submitter == submitter, let time = job.submitTime else { return nil }
            return LAVATimestamp.microseconds(time) > bound ? job : nil
        }
        return LAVAPage(page)
    }

    /// Asks the lab to cancel a job; on a member of a multinode group it acts on the whole group, unless that member
    /// has finished: then it acts on nothing.
    ///
    /// It may be repeated: a finished job is left as it is, with the same answer. A job that the lab does not know
    /// is answered with a 500 by LAVA 2023.01, and thrown as ``LAVAError/Kind/notFound`` here.
    public func cancel(_ id: Int) async throws(LAVAError) {
        do {
            try await send(LAVARequest("jobs/\(id)/cancel/"))
        } catch {
            if case .server(_, let excerpt) = error.kind, excerpt.contains("matching query does not exist") {
                throw LAVAError(kind: .notFound, requestMayHaveBeenProcessed: false)
            }
            throw error
        }
    }

    /// Ids in ascending order, each once, in lists that fit a request line.
    static func chunks(of ids: [Int]) -> [[Int]] {
        var chunks: [[Int]] = []
        var bytes = 0
        for id in Set(ids).sorted() {
            let size = String(id).utf8.count + 1
            if let last = chunks.indices.last, bytes + size <= idListBytes, chunks[last].count < idListCount {
                chunks[last].append(id)
                bytes += size
            } else {
                chunks.append([id])
                bytes = size
            }
        }
        return chunks
    }
}

extension LAVAPage {
    fileprivate init(_ page: ListPage<LAVAJob>) {
        self.init(
            jobs: page.values,
            rowCount: page.rowCount,
            totalCount: page.count ?? page.rowCount,
            hasMore: page.hasMore,
            strayCount: page.rowCount - page.values.count - page.unreadable,
            unreadableCount: page.unreadable,
            date: page.date
        )
    }
}

/// What a lab says of jobs that were asked for by id.
public struct LAVALookup: Sendable, Equatable {
    /// Those that it shows, in the order of their ids.
    public internal(set) var jobs: [LAVAJob] = []
    /// Ids that it answers with something that can't be read. Whether it still has these jobs, and how they are, is not
    /// known.
    public internal(set) var unreadable: Set<Int> = []
}

extension LAVAError {
    /// Whether the lab answered with something that can't be read, or with too much of it.
    fileprivate var isUnreadable: Bool {
        switch kind {
        case .unexpected, .tooLarge: true
        default: false
        }
    }

    /// Whether a lab that is otherwise well may answer so to what it does not let us see: with 403, or as if there was
    /// no such thing.
    public var isRefusalToShow: Bool {
        switch kind {
        case .unauthorized, .notFound: true
        default: false
        }
    }
}

/// One page of a list of lab jobs.
public struct LAVAPage: Sendable, Equatable {
    /// The jobs that really are what was asked for, in the lab's order.
    public var jobs: [LAVAJob]

    /// How many rows the page had. The next page begins this much further on.
    public var rowCount: Int

    /// How many there are in all, as the lab counted, at most what 32 bits hold; it moves while jobs finish.
    public var totalCount: Int

    /// Whether a next page exists.
    public var hasMore: Bool

    /// How many rows were not what was asked for. LAVA ignores a filter it does not know and returns everything;
    /// anything but zero here means that this lab does.
    public var strayCount: Int

    /// How many rows could not be read; they are left out.
    public var unreadableCount: Int

    /// The lab's clock when it answered, to the second; nil if it did not say.
    public var date: Date?
}
