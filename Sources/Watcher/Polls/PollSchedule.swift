// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// When a lab is asked what has finished: seldom while its events can be trusted to tell, often while they can't.
///
/// A lab that sends no events looks like a lab in which nothing happens. So a stream is trusted once it has told of
/// any job since it was opened, and not any more once a poll has found a job of ours that ended under a stream which
/// said nothing of it; a job of ours that it does tell of brings the trust back.
struct PollSchedule: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// How long after a poll has seen the end of a job its event may still come.
    static let eventDelay = Duration.seconds(3)
    /// How long it is remembered that an event told of a job: the event may overtake the poll that sees the job.
    static let memory = Duration.seconds(30)
    /// The most jobs that are remembered.
    static let maximumRemembered = 10_000

    /// How a poll has ended.
    enum PollEnding: Sendable {
        /// All that has finished was seen.
        case whole
        /// There was more than one poll takes.
        case partial
        /// The lab failed, and wants to be left alone for so long.
        case failed(rest: Duration?)
        /// Something of ours failed; that says nothing of the lab.
        case interrupted
    }

    let often: Duration
    let seldom: Duration

    /// Whether the last poll failed for reasons of the lab.
    private(set) var isFailing = false
    /// Whether the event stream is open.
    private(set) var isConnected = false
    /// Whether the stream has told of a job since it was opened, and kept nothing back.
    private(set) var isTrusted = false
    private var hasKeptBack = false
    /// Whether fetches of results fail at present: then a poll tells when the lab is back.
    private var isSuspect = false
    private var isCatchUpWanted = false
    /// Whether the last poll has left something to be seen.
    private var isUnfinished = false
    /// Which stream it is, counted from the first.
    private var stream = 0
    /// The stream under which the last poll was begun.
    private var polledStream: Int?
    /// The stream under which a whole poll was begun: what ended before it was opened is known.
    private var knownStream: Int?
    private var lastPoll: Instant?
    private var lostAt: Instant?
    private var notBefore: Instant?
    private var told: [Int: Instant] = [:]
    /// Those told of before `told` was last full.
    private var toldBefore: [Int: Instant] = [:]
    private var untold: [Int: Instant] = [:]

    init(often: Duration, seldom: Duration) {
        self.often = often
        self.seldom = seldom
    }

    /// The pause between two polls at present.
    var pause: Duration { isConnected && isTrusted && !isSuspect && !isUnfinished ? seldom : often }

    /// When something is to be done: a poll, or a judgement of the stream.
    func nextTurn(now: Instant) -> Instant {
        let judgement = untold.values.min().map { $0.advanced(by: Self.eventDelay) }
        return [pollDue(now: now), judgement].compactMap { $0 }.min() ?? now
    }

    /// When the next poll is due.
    func pollDue(now: Instant) -> Instant {
        let regular: Instant
        if isCatchUpWanted {
            regular = now
        } else if let last = [lastPoll, lostAt].compactMap({ $0 }).max() {
            regular = last.advanced(by: pause)
        } else {
            regular = now
        }
        return max(regular, notBefore ?? regular)
    }

    // MARK: what the stream tells

    /// The stream is open: what happened before is known by asking only.
    mutating func connect() {
        isConnected = true
        isTrusted = false
        hasKeptBack = false
        stream += 1
        isCatchUpWanted = true
        untold = [:]
    }

    /// The stream is lost. One that is back soon costs one poll, when it is back.
    mutating func disconnect(now: Instant) {
        guard isConnected else { return }
        isConnected = false
        isTrusted = false
        lostAt = now
        untold = [:]
    }

    /// Events were dropped on our side: what they told is known by asking only, and not kept back by the stream.
    mutating func catchUp() {
        isCatchUpWanted = true
        polledStream = nil
        knownStream = nil
        untold = [:]
    }

    /// An event came, of whichever job.
    mutating func hear() {
        if isConnected, !hasKeptBack { isTrusted = true }
    }

    /// Events told that these have finished.
    mutating func hearEnd(of numbers: [Int], now: Instant) {
        for number in numbers {
            untold[number] = nil
            told[number] = now
            // The younger half stays.
            guard told.count >= Self.maximumRemembered / 2 else { continue }
            toldBefore = told
            told = [:]
        }
    }

    /// Events were the first to tell that jobs of ours had finished.
    mutating func hearFirst() {
        guard isConnected else { return }
        hasKeptBack = false
        isTrusted = true
    }

    // MARK: what polls tell

    /// A poll begins.
    mutating func beginPoll() {
        isCatchUpWanted = false
        polledStream = isConnected ? stream : nil
    }

    /// The poll that goes on was the first to see that these have finished. That says nothing of a stream before all
    /// that ended before it was opened has been seen.
    mutating func find(_ numbers: [Int], now: Instant) {
        guard isConnected, polledStream == stream, knownStream == stream else { return }
        guard untold.count + numbers.count <= Self.maximumRemembered else { return }
        for number in numbers {
            let told = told[number] ?? toldBefore[number]
            if told.map({ now - $0 > Self.memory }) ?? true { untold[number] = now }
        }
    }

    /// A poll has ended.
    ///
    /// - Returns: whether the lab answers after it had not.
    mutating func endPoll(_ ending: PollEnding, now: Instant) -> Bool {
        let wasFailing = isFailing
        lastPoll = now
        notBefore = nil
        isUnfinished = true
        switch ending {
        case .whole:
            isFailing = false
            isUnfinished = false
            knownStream = polledStream
        case .partial:
            isFailing = false
        case .failed(let rest):
            isFailing = true
            notBefore = rest.map { now.advanced(by: $0) }
        case .interrupted:
            break
        }
        return wasFailing && !isFailing
    }

    /// Judges the stream by what polls saw first and no event told of since.
    ///
    /// - Returns: whether it has just lost its trust.
    mutating func judge(now: Instant) -> Bool {
        let keptBack = untold.filter { now - $0.value >= Self.eventDelay }.keys
        guard !keptBack.isEmpty else { return false }
        for number in keptBack { untold[number] = nil }
        defer {
            hasKeptBack = true
            isTrusted = false
        }
        return isTrusted
    }

    /// Whether fetches of results fail.
    mutating func suspect(_ fetchesFail: Bool) { isSuspect = fetchesFail }
}

/// What the parts that watch one lab tell one another, and what wakes its poller.
final class SharedPollSchedule: Sendable {
    private let schedule: Mutex<PollSchedule>
    private let asked = Mutex<String?>(nil)
    /// Called when the schedule may want a poll sooner.
    let wake = Wake()

    init(_ schedule: PollSchedule) {
        self.schedule = Mutex(schedule)
    }

    /// Looks at the schedule.
    func read<Value: Sendable>(_ look: (PollSchedule) -> Value) -> Value {
        schedule.withLock { look($0) }
    }

    /// Changes the schedule, and has the poller look at it.
    @discardableResult
    func change<Value: Sendable>(_ change: (inout PollSchedule) -> Value) -> Value {
        let (value, isSooner) = schedule.withLock { schedule in
            let now = ContinuousClock.now
            let before = schedule.nextTurn(now: now)
            let value = change(&schedule)
            return (value, schedule.nextTurn(now: now) < before)
        }
        if isSooner { wake.call() }
        return value
    }

    /// Who we are in the lab, as it says itself: empty for nobody, `nil` while it has not been asked.
    var user: String? {
        get { asked.withLock { $0 } }
        set { asked.withLock { $0 = newValue } }
    }
}
