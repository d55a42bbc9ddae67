// SPDX-License-Identifier: Apache-2.0

/// Who waits for what on one connection, and until when.
struct PendingReplies {
    typealias CallContinuation = CheckedContinuation<Result<CallReply, AMQPError>, Never>
    typealias PublishContinuation = CheckedContinuation<Result<Void, AMQPError>, Never>

    private var calls: [UInt64: (continuation: CallContinuation, deadline: ContinuousClock.Instant, what: String)] = [:]
    private var publishes: [UInt64: (continuation: PublishContinuation, deadline: ContinuousClock.Instant)] = [:]
    private var lastID: UInt64 = 0

    /// No deadline passes before this; it may be early, never late.
    private(set) var nextDeadline: ContinuousClock.Instant?

    mutating func makeID() -> UInt64 {
        lastID += 1
        return lastID
    }

    mutating func insert(
        call id: UInt64,
        _ continuation: CallContinuation,
        until deadline: ContinuousClock.Instant,
        what: String
    ) {
        calls[id] = (continuation, deadline, what)
        nextDeadline = min(nextDeadline ?? deadline, deadline)
    }

    mutating func insert(
        publish id: UInt64,
        _ continuation: PublishContinuation,
        until deadline: ContinuousClock.Instant
    ) {
        publishes[id] = (continuation, deadline)
        nextDeadline = min(nextDeadline ?? deadline, deadline)
    }

    mutating func resume(call id: UInt64, _ result: Result<CallReply, AMQPError>) {
        calls.removeValue(forKey: id)?.continuation.resume(returning: result)
    }

    mutating func resume(publish id: UInt64, _ result: Result<Void, AMQPError>) {
        publishes.removeValue(forKey: id)?.continuation.resume(returning: result)
    }

    /// Whether somebody still waits for the publish.
    func isWaiting(publish id: UInt64) -> Bool { publishes[id] != nil }

    /// What is overdue: calls by what they were about, publishes by number. They still have to be resumed.
    mutating func expire(_ now: ContinuousClock.Instant) -> (calls: [String], publishes: Set<UInt64>) {
        let overdueCalls = calls.values.filter { $0.deadline <= now }.map(\.what)
        let overduePublishes = Set(publishes.filter { $0.value.deadline <= now }.keys)
        let callDeadlines = calls.values.lazy.map(\.deadline).filter { $0 > now }
        let publishDeadlines = publishes.values.lazy.map(\.deadline).filter { $0 > now }
        nextDeadline = [callDeadlines.min(), publishDeadlines.min()].compactMap { $0 }.min()
        return (overdueCalls, overduePublishes)
    }

    /// Everybody gets the error; whoever is left at this point was never sent, or on no channel.
    mutating func failAll(_ error: AMQPError) {
        let (waitingCalls, waitingPublishes) = (calls, publishes)
        (calls, publishes, nextDeadline) = ([:], [:], nil)
        for call in waitingCalls.values { call.continuation.resume(returning: .failure(error)) }
        for publish in waitingPublishes.values { publish.continuation.resume(returning: .failure(error)) }
    }
}
