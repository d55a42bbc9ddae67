// SPDX-License-Identifier: Apache-2.0

import FleetAssembly
import FleetRuntime
import FleetStore
import Labs
import Logging
import ServiceLifecycle
import Synchronization

/// Follows a lab's event stream, and turns what it tells of finished jobs into work at once.
///
/// Events are hints. They may come before the lab has saved what they tell, twice, in the wrong order, or not at all;
/// so a fetch confirms each of them, and polls mend what is missed. After every gap there is one poll.
struct EventFollower: Sendable {
    let lab: WatchedLab
    let reconciler: Reconciler

    /// A stream that lasted for so long was a good one: the next pause is the first again.
    static let goodSpell: Duration = .seconds(10)
    /// How late a change of state may be written down.
    static let changePause: Duration = .seconds(1)
    /// The most changes of state in one statement.
    static let changeBatch = 500

    private var settings: FleetConfiguration.Watcher { lab.settings }
    private var polls: SharedPollSchedule { lab.polls }

    func run() async {
        let backoff = Backoff(first: settings.eventRetryFirst, maximum: settings.eventRetryMaximum)
        var failures = 0
        var lastReason: String?
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let began = ContinuousClock.now
            var pause: Duration?
            var reason = "the lab has closed it"
            do {
                try await cancelWhenGracefulShutdown {
                    try await lab.client.withEvents { events in try await follow(events) }
                }
            } catch {
                reason = "\(error)"
                if Self.isAbsent(error) { pause = settings.eventAbsentRetry }
            }
            let wasConnected = polls.read(\.isConnected)
            await disconnect()
            guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
            if ContinuousClock.now - began > Self.goodSpell { failures = 0 }
            failures += 1
            if wasConnected || reason != lastReason {
                lab.logger.warning("no event stream; the lab is polled often", [.reason: "\(reason)"])
            }
            lastReason = reason
            let rest = pause ?? backoff.pause(afterAttempt: failures)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: rest) }
        }
    }

    /// Whether a lab has no event stream, or does not let us see it; neither changes within seconds.
    static func isAbsent(_ error: any Error) -> Bool {
        switch (error as? LabError)?.kind {
        case .notFound, .unauthorized: true
        default: false
        }
    }

    private func disconnect() async {
        polls.change { $0.disconnect(now: .now) }
        FleetMetric.eventStream.set(0, [.backend: lab.name])
        // Only shown to people; not in the task that may just be cancelled.
        await Task { try? await lab.store.recordEvents(of: lab.name, areFollowed: false) }.value
    }

    // MARK: one stream

    private func follow(_ events: LabEvents) async throws {
        let inbox = EventInbox()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await read(events, into: inbox) }
            group.addTask { try await write(inbox) }
            // Either ends the other: when the stream ends, and when what it tells can't be written down.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func read(_ events: LabEvents, into inbox: EventInbox) async throws {
        for try await event in events {
            switch event {
            case .connected:
                polls.change { $0.connect() }
                FleetMetric.eventStream.set(1, [.backend: lab.name])
                lab.logger.info("follows the event stream")
            case .overflow:
                lab.logger.warning("events came too fast, and some were dropped")
                polls.change { $0.catchUp() }
            case .job(let event):
                polls.change { $0.hear() }
                count(event.state)
                take(event, into: inbox)
            }
        }
    }

    private func take(_ event: LabJobEvent, into inbox: EventInbox) {
        guard isOurs(event), let hint = LabJobObservation(event) else { return }
        guard event.state == .finished else { return inbox.add(change: hint) }
        polls.change { $0.hearEnd(of: [hint.number], now: .now) }
        if !inbox.add(end: hint) { polls.change { $0.catchUp() } }
    }

    /// Other users' jobs are none of ours, where it is known who we are.
    private func isOurs(_ event: LabJobEvent) -> Bool {
        let user = polls.user ?? lab.backend.user ?? ""
        return user.isEmpty || event.submitter == user
    }

    /// Writes down what is in the inbox until the stream ends.
    private func write(_ inbox: EventInbox) async throws {
        try await lab.store.recordEvents(of: lab.name, areFollowed: true)
        try await verifyNumbers()
        // That the stream is back is a sign that the lab is.
        try await lab.store.makeFetchesDue(backend: lab.name)
        try await lab.store.probeNow(backend: lab.name)
        var early = EarlyEvents()
        var changesDue = ContinuousClock.now
        while true {
            let now = ContinuousClock.now
            let fresh = inbox.takeEnds()
            let again = early.takeDue(now: now)
            if !fresh.isEmpty || !again.isEmpty {
                let ours = Set(try await lab.finish(hints: fresh + again))
                if !ours.isEmpty { polls.change { $0.hearFirst() } }
                early.settle(ours: ours, fresh: fresh, now: now)
                // What comes meanwhile goes together.
                try await Task.sleep(for: settings.flushPause.after(fresh.count))
            }
            if changesDue <= .now {
                let changes = inbox.takeChanges(limit: Self.changeBatch)
                try await lab.store.recordStates(hints: changes, backend: lab.name)
                if changes.count < Self.changeBatch { changesDue = .now + Self.changePause }
            }
            await inbox.wake.sleep(until: min(changesDue, early.nextDue ?? changesDue))
            try Task.checkCancellation()
        }
    }

    /// Nothing that an event says of a number is believed before the lab's numbers are known to be what they were.
    private func verifyNumbers() async throws {
        let backoff = Backoff(first: settings.eventRetryFirst, maximum: settings.eventRetryMaximum)
        var failures = 0
        while true {
            do {
                return try await reconciler.verifyNumbers()
            } catch let error as LabError where error.kind != .cancelled {
                failures += 1
                lab.logger.debug("numbers not verified", [.error: "\(error)"])
                try await Task.sleep(for: backoff.pause(afterAttempt: failures))
            }
        }
    }

    private func count(_ state: LabJobState) {
        let word = LabJobState.known.contains(state) ? state.rawValue : "other"
        FleetMetric.events.increment([.backend: lab.name, .state: word])
    }
}

/// Where the events of one stream wait until they are written down. What comes while a statement is on its way goes
/// with the next one.
final class EventInbox: Sendable {
    /// The most ends of jobs, and the most jobs whose state has changed.
    static let capacity = 10_000

    private struct State {
        var ends: [LabJobObservation] = []
        var changes: [Int: LabJobObservation] = [:]
    }

    private let state = Mutex(State())
    /// Called when a job has ended.
    let wake = Wake()

    /// Adds the end of a job.
    ///
    /// - Returns: `false` when it is full: then a poll is needed to see what was dropped.
    func add(end hint: LabJobObservation) -> Bool {
        let hasRoom = state.withLock { state in
            state.changes[hint.number] = nil
            guard state.ends.count < Self.capacity else { return false }
            state.ends.append(hint)
            return true
        }
        wake.call()
        return hasRoom
    }

    /// Adds a change of a job's state; only the last of each is of interest, and none is worth a poll.
    func add(change hint: LabJobObservation) {
        state.withLock { state in
            guard state.changes.count < Self.capacity || state.changes[hint.number] != nil else { return }
            state.changes[hint.number] = hint
        }
    }

    /// Takes all ends of jobs.
    func takeEnds() -> [LabJobObservation] {
        state.withLock { state in
            defer { state.ends = [] }
            return state.ends
        }
    }

    /// Takes some changes of state.
    func takeChanges(limit: Int) -> [LabJobObservation] {
        state.withLock { state in
            let taken = Array(state.changes.values.prefix(limit))
            for hint in taken { state.changes[hint.number] = nil }
            return taken
        }
    }
}

/// Ends of jobs that belong to no lab job of ours yet: a job may end before its submitter has stored its number.
///
/// Each is looked up again a few times while it is young. There is room for a limited number, the youngest; a poll
/// sees whatever is dropped.
struct EarlyEvents {
    typealias Instant = ContinuousClock.Instant

    /// How old a hint is when it is looked up again.
    static let ages: [Duration] = [
        .milliseconds(100), .milliseconds(300), .seconds(1), .seconds(3), .seconds(10),
    ]
    /// The most that are kept.
    static let capacity = 1_000

    private struct Entry {
        let hint: LabJobObservation
        let arrival: Instant
        var lookups = 0

        var due: Instant? { ages.indices.contains(lookups) ? arrival.advanced(by: ages[lookups]) : nil }
    }

    private var entries: [Entry] = []

    /// When one is to be looked up next.
    var nextDue: Instant? { entries.compactMap(\.due).min() }

    /// Those that are to be looked up now, each once however many of its times have passed.
    mutating func takeDue(now: Instant) -> [LabJobObservation] {
        var due: [LabJobObservation] = []
        for index in entries.indices {
            guard let time = entries[index].due, time <= now else { continue }
            due.append(entries[index].hint)
            entries[index].lookups = Self.ages.count { entries[index].arrival.advanced(by: $0) <= now }
        }
        return due
    }

    /// Drops those that were found to be ours, and those that have been looked up often enough; keeps those of
    /// `fresh` that belong to nothing yet.
    mutating func settle(ours: Set<Int>, fresh: [LabJobObservation], now: Instant) {
        entries.removeAll { ours.contains($0.hint.number) || $0.due == nil }
        // What is ours takes nobody's room.
        entries += fresh.lazy.filter { !ours.contains($0.number) }.map { Entry(hint: $0, arrival: now) }
        if entries.count > Self.capacity { entries.removeFirst(entries.count - Self.capacity) }
    }
}
