// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import FleetStore
import Foundation
import Labs
import Logging
import ServiceLifecycle

/// Asks one lab what has finished since it was last asked.
///
/// A lab is asked in bulk, never for one job at a time, and not at all while it has nothing of ours. What a poll sees
/// is written down and announced before the poll's place in time moves on, and every poll overlaps the one before it.
struct LabPoller: Sendable {
    let lab: WatchedLab
    let reconciler: Reconciler

    /// By how much the lab's clock may differ from ours.
    static let clockDifference: Duration = .seconds(3600)
    /// What a lab's clock is told to, in seconds.
    static let clockResolution: Double = 1
    /// The most pages of one poll; the next goes on where it ended.
    static let maximumPages = 50
    /// The longest that a lab which wants to be left alone is left alone.
    static let maximumRest: Duration = .seconds(300)
    /// Of a lab that refuses its list, how many jobs one poll asks for, each by itself, and how often, at most, for one.
    static let singlyBatch = 50
    static let singlyPause: Duration = .seconds(10)

    private var store: FleetStore { lab.store }
    private var polls: SharedPollSchedule { lab.polls }

    func run() async {
        var lastError: String?
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let next = polls.read { $0.nextTurn(now: .now) }
            if next > .now {
                await cancelWhenGracefulShutdown { await polls.wake.sleep(until: next) }
                continue
            }
            let error = await turn()
            if let error, error != lastError {
                lab.logger.warning("failed, trying again", [.what: "polling", .error: "\(error)"])
            } else if error == nil, lastError != nil {
                lab.logger.notice("works again", [.what: "polling"])
            }
            lastError = error
        }
    }

    /// - Returns: what went wrong.
    private func turn() async -> String? {
        if polls.change({ $0.judge(now: .now) }) {
            lab.logger.warning("the event stream is open but does not report jobs that end; the lab is polled often")
        }
        guard polls.read({ $0.pollDue(now: .now) }) <= .now else { return nil }
        polls.change { $0.beginPoll() }
        do {
            let ending = try await poll()
            let isBack = polls.change { $0.endPoll(ending ?? .whole, now: .now) }
            if isBack, ending != nil { try await returned() }
            return nil
        } catch let error as ListRefused {
            let isBack = polls.change { $0.endPoll(.whole, now: .now) }
            if isBack { try? await returned() }
            count("refused")
            try? await store.recordContact(backend: lab.name, error: nil)
            try? await store.recordContact(backend: lab.name, error: "\(error)")
            return "\(error)"
        } catch let error as LabError where error.isOurs {
            // Ours: that says nothing of the lab.
            _ = polls.change { $0.endPoll(.interrupted, now: .now) }
            return Task.isCancelled ? nil : "\(error)"
        } catch let error as LabError {
            let rest = Self.rest(after: error)
            _ = polls.change { $0.endPoll(.failed(rest: rest), now: .now) }
            count("failed")
            try? await store.recordContact(backend: lab.name, error: "\(error)")
            return "\(error)"
        } catch {
            // The database: that says nothing of the lab.
            _ = polls.change { $0.endPoll(.interrupted, now: .now) }
            return Task.isCancelled ? nil : "\(error)"
        }
    }

    /// How long a lab wants to be left alone.
    static func rest(after error: LabError) -> Duration? {
        guard case .throttled(let wanted?) = error.kind else { return nil }
        return min(wanted, maximumRest)
    }

    /// - Returns: what it has come to; `nil` if the lab was not asked.
    private func poll() async throws -> PollSchedule.PollEnding? {
        let start = try await store.pollStart(of: lab.name)
        guard let oldest = start.oldestAttempt else { return nil }
        let user = try await user()
        let since = Self.since(start.seenUntil, oldest: oldest, overlap: lab.settings.pollOverlap)
        var ending = PollSchedule.PollEnding.partial
        var offset = 0
        var limit = lab.settings.pollPage
        for _ in 0..<Self.maximumPages {
            try Task.checkCancellation()
            let page = try await page(endedAfter: since, of: user, limit: limit, offset: offset)
            if page.rowCount < limit, page.hasMore { limit = max(1, page.rowCount) }
            let now = page.date ?? Date(timeIntervalSinceNow: Self.clockDifference.timeInterval)
            if let seen = start.seenUntil, seen > now.addingTimeInterval(Self.clockResolution) {
                lab.logger.warning(
                    "the lab's clock has gone back, and polls with it",
                    [.seenUntil: "\(seen)"]
                )
                try await store.rewind(backend: lab.name, to: Self.before(now, aheadBy: seen.timeIntervalSince(now)))
                return .partial
            }
            let found = try await lab.finish(page.jobs)
            polls.change { $0.find(found, now: .now) }
            if let last = page.jobs.compactMap(\.endTime).max() {
                try await store.advance(backend: lab.name, seenUntil: min(last, now))
            }
            offset += page.rowCount
            guard page.hasMore, page.rowCount > 0 else {
                ending = .whole
                break
            }
        }
        count("ok")
        try await store.recordContact(backend: lab.name, error: nil)
        return ending
    }

    private func page(endedAfter: Date, of user: String?, limit: Int, offset: Int) async throws -> LabPage {
        do {
            return try await lab.client.finishedJobs(
                endedAfter: endedAfter,
                submitter: user,
                limit: limit,
                offset: offset
            )
        } catch {
            guard error.isRefusalToShow, try await lab.client.knowsUs() else { throw error }
            try await askSingly()
            throw ListRefused(error: error)
        }
    }

    /// Asks for jobs one at a time, where the lab does not list them: those that it was not asked for longest.
    ///
    /// - Throws: also when the lab refuses these as well, or does not know us.
    private func askSingly() async throws {
        let outstanding = try await store.takeOutstanding(
            backend: lab.name,
            age: Self.singlyPause,
            grace: lab.settings.missingGrace,
            limit: Self.singlyBatch
        )
        _ = try await reconciler.look(at: outstanding)
    }

    /// The lab does not list its jobs, and tells of them one at a time.
    private struct ListRefused: Error, CustomStringConvertible {
        let error: LabError
        var description: String { "the lab refuses its list of jobs and is asked for one at a time: \(error)" }
    }

    /// Nothing of ours can have ended before the oldest attempt that the lab still has was begun.
    static func since(_ seenUntil: Date?, oldest: Date, overlap: Duration) -> Date {
        let earliest = oldest.addingTimeInterval(-clockDifference.timeInterval)
        guard let seen = seenUntil else { return earliest }
        return max(seen.addingTimeInterval(-overlap.timeInterval), earliest)
    }

    /// From where polls go on when what was seen last was ahead of the lab's clock. How long what ended was not seen is
    /// not known; it is no longer than the clock was ahead if the lab was polled all the time, and rather an hour.
    static func before(_ now: Date, aheadBy ahead: TimeInterval) -> Date {
        now.addingTimeInterval(-max(ahead, clockDifference.timeInterval))
    }

    /// Whose jobs are asked for: ours, by the name that the lab itself has for us. It is asked once; without a name all
    /// jobs are asked for.
    private func user() async throws -> String? {
        if let known = polls.user { return known.isEmpty ? nil : known }
        let user: String
        do {
            if case .user(let name) = try await lab.client.identity() { user = name } else { user = "" }
        } catch {
            // A lab that can't say it is asked for everybody's jobs.
            guard error.kind == .notFound else { throw error }
            user = ""
        }
        polls.user = user
        if let configured = lab.backend.user, !user.isEmpty, configured != user {
            lab.logger.warning(
                "the lab takes our token for another user's than the configuration says",
                [.configured: "\(configured)", .user: "\(user)"]
            )
        }
        return user.isEmpty ? nil : user
    }

    /// The lab answers again: whatever waited for it need not wait any longer.
    private func returned() async throws {
        try await store.makeFetchesDue(backend: lab.name)
        try await store.probeNow(backend: lab.name)
    }

    private func count(_ outcome: String) {
        FleetMetric.polls.increment([.backend: lab.name, .outcome: outcome])
    }
}
