// SPDX-License-Identifier: Apache-2.0

import Deadlines
import Fleet
import Foundation
package import Labs
import Testing

/// What every lab of the fleet must do, whatever kind it is: one body of tests over the protocol `Lab`.
///
/// It runs against LAVA's simulator, a real LAVA, and labs whose jobs somebody else runs.
package struct LabConformance: Sendable {
    package let lab: any Lab
    /// A job that completes, with at least one test.
    package let passing: @Sendable () async throws -> LabRequest
    /// A job that runs until it is canceled.
    package let endless: @Sendable () async throws -> LabRequest
    /// A group of two members or more that run for a while; nil where the lab has no groups.
    package var group: (@Sendable () async throws -> LabRequest)?
    /// What the lab refuses for good; nil where it refuses nothing.
    package var refused: (@Sendable () async throws -> LabRequest)?
    /// Does what brings the passing job to its end, where the lab does not do so by itself.
    package var finish: @Sendable (LabRequest) async throws -> Void = { _ in }
    /// Whether the lab numbers its jobs itself, and can be asked for those that no request of ours has made.
    package var findsByTag = true

    package init(
        lab: any Lab,
        passing: @escaping @Sendable () async throws -> LabRequest,
        endless: @escaping @Sendable () async throws -> LabRequest
    ) {
        self.lab = lab
        self.passing = passing
        self.endless = endless
    }

    private static let unknown = LabJobID(2_000_000_000)

    /// All of it, one after the other.
    package func run() async throws {
        try await knowsUs()
        try await findsWhatWasSubmitted()
        try await endsAndShowsResults()
        try await cancels()
        try await refuses()
        try await submitsGroups()
        try await tellsOfEvents()
    }

    /// It says who we are and what it is.
    private func knowsUs() async throws {
        #expect(try await lab.knowsUs())
        #expect(try await lab.version().isEmpty == false)
    }

    /// A submission is found by its tag and by its id, and another tag finds nothing.
    private func findsWhatWasSubmitted() async throws {
        let since = Date(timeIntervalSinceNow: -3_600)
        let request = try await endless()
        let made = try await lab.submit(request)
        let own = try #require(made.first?.jobs.first)
        #expect(made.count == 1 && made.first?.isWhole == true)
        if findsByTag {
            let found = try await lab.find(LabSearch(tag: request.tag, since: since))
            #expect(found.submissions.map { $0.jobs.map(\.id) } == [[own.id]] && found.moreAfter == nil)
            let again = try await lab.find(
                LabSearch(tag: request.tag, since: since),
                definition: request.definition
            ) { _ in [] }
            #expect(again.submissions == found.submissions)
            let behind = LabSearch(tag: request.tag, since: since, kind: .job, after: own.id, own: own.id)
            // What is known to be its own is found wherever the search begins.
            #expect(try await lab.find(behind).submissions.flatMap(\.jobs).map(\.id) == [own.id])
        }
        #expect(try await lab.find(LabSearch(tag: UUID(), since: since)).submissions.isEmpty)
        let seen = try await lab.jobs(ids: [own.id, Self.unknown])
        #expect(seen.unreadable.isEmpty && seen.jobs.map(\.id) == [own.id])
        let job = try #require(seen.jobs.first)
        #expect(job.tag == request.tag && job.state != .finished)
        _ = try await lab.cancel([own.id])
    }

    /// A job that has ended is listed once, with its end, and has results and a verdict that bears its health out.
    private func endsAndShowsResults() async throws {
        let since = Date(timeIntervalSinceNow: -3_600)
        let request = try await passing()
        let id = try #require(try await lab.submit(request).first?.jobs.first?.id)
        try await finish(request)
        let user: String? = if case .user(let name) = try await lab.identity() { name } else { nil }
        let ended = try await eventually("job \(id) among the finished") {
            try await listed(since: since, by: user).first { $0.id == id }
        }
        #expect(ended.state == .finished && ended.health == .complete && ended.tag == request.tag)
        #expect(try await lab.job(id).health == .complete)
        let end = try #require(ended.endTime)
        #expect(try await listed(since: end, by: user).contains { $0.id == id } == false, "the bound is exclusive")
        var pages = lab.results(of: id, pageSize: 1, maximum: 10_000)
        var names: [String] = []
        var verdict: LabVerdict?
        while let page = try await pages.next() {
            #expect(page.rows.count <= 1 && page.unreadableCount == 0)
            names += page.rows.map { "\($0.suite)/\($0.name)" }
            verdict = page.verdict ?? verdict
        }
        #expect(!names.isEmpty && Set(names).count == names.count)
        let shown = try #require(verdict)
        #expect(shown.confirms(.complete) && !shown.confirms(.incomplete))
        #expect(try await lab.verdict(of: id) == shown)
        await #expect(throws: LabError.self) { _ = try await lab.job(Self.unknown) }
    }

    /// The finished jobs behind a moment, one a page.
    private func listed(since: Date, by user: String?) async throws -> [SeenLabJob] {
        var jobs: [SeenLabJob] = []
        var offset = 0
        while true {
            let page = try await lab.finishedJobs(endedAfter: since, submitter: user, limit: 100, offset: offset)
            jobs += page.jobs
            offset += page.rowCount
            guard page.hasMore, page.rowCount > 0 else { return jobs }
        }
    }

    /// A canceled job ends as canceled; to cancel it again, or one that the lab does not know, does no harm.
    private func cancels() async throws {
        let request = try await endless()
        let id = try #require(try await lab.submit(request).first?.jobs.first?.id)
        #expect(try await lab.cancel([id, Self.unknown]) == [Self.unknown])
        let job = try await eventually("job \(id) canceled", every: .milliseconds(200)) {
            let job = try await lab.jobs(ids: [id]).jobs.first
            // LAVA loses a cancellation while it schedules the job, so whoever cancels asks again.
            if job?.state != .finished { _ = try await lab.cancel([id]) }
            return job?.state == .finished ? job : nil
        }
        #expect(job.health == .canceled)
        #expect(try await lab.cancel([id]).isEmpty)
    }

    /// A refusal is final, in words, and leaves no doubt.
    private func refuses() async throws {
        guard let request = try await refused?() else { return }
        let error = await #expect(throws: LabError.self) { _ = try await lab.submit(request) }
        guard case .refused(let message)? = error?.kind else {
            Issue.record("not refused: \(String(describing: error))")
            return
        }
        #expect(!message.isEmpty && error?.isInDoubt == false)
        #expect(try await lab.find(LabSearch(tag: request.tag, since: .now - 3_600)).submissions.isEmpty)
    }

    /// A group is one submission, whole at once, and its members are found by the name of any of them.
    private func submitsGroups() async throws {
        guard let request = try await group?() else { return }
        let made = try await lab.submit(request)
        let group = try #require(made.first)
        #expect(made.count == 1 && group.jobs.count > 1 && group.isWhole)
        #expect(group.jobs.allSatisfy { $0.subID != nil && $0.role != nil })
        let name = try #require(group.jobs.last?.subID)
        #expect(Set(try await lab.members(ofGroupOf: name)) == Set(group.jobs))
        let found = try await lab.find(LabSearch(tag: request.tag, since: .now - 3_600, kind: .group)).submissions
        #expect(found.map { Set($0.jobs) } == [Set(group.jobs)])
        #expect(try await lab.cancel(group.jobs.map(\.id)).isEmpty)
    }

    /// The stream begins with its opening, and tells of a job that is submitted then.
    private func tellsOfEvents() async throws {
        guard lab.hasEvents else { return }
        let request = try await endless()
        let isHeard: Void? = try await withDeadline(patience) {
            try await lab.withEvents { events in try await hear(of: request, in: events) }
        }
        if isHeard == nil { Issue.record("no event told of a job that was submitted under an open stream") }
    }

    /// Submits a job as soon as a stream is open, and cancels it as soon as an event has told of it.
    private func hear(of request: LabRequest, in events: LabEvents) async throws {
        var id: LabJobID?
        var heard: Set<LabJobID> = []
        for try await event in events {
            switch event {
            case .connected:
                #expect(id == nil)
                id = try await lab.submit(request).first?.jobs.first?.id
            case .job(let job): heard.insert(job.id)
            case .overflow: break
            }
            if let id, heard.contains(id) {
                _ = try await lab.cancel([id])
                return
            }
        }
        Issue.record("the stream has ended")
    }
}
