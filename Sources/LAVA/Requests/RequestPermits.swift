// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The line in which requests to one lab wait until fewer than its limit are open.
///
/// Whoever came first goes first. Fetches of results never take the last few permits: there may be any number of them,
/// each as slow as the lab, and polls, looks, cancellations and submissions must not stand behind them. A wait here says
/// nothing of the lab, so the clock of a request starts when it has its permit.
final class RequestPermits: Sendable {
    /// What a request is for.
    enum Purpose: Sendable {
        /// Results, of which there may be any number to fetch.
        case results
        /// Anything else.
        case other
    }

    /// How a wait ended.
    private enum Outcome {
        case permitted, cancelled, tooLong
    }

    private struct Waiter {
        let id: Int
        let purpose: Purpose
        let continuation: CheckedContinuation<Outcome, Never>
    }

    private struct State {
        var open = 0
        var openForResults = 0
        var waiters: [Waiter] = []
        var lastID = 0
    }

    /// The most that may wait.
    static let maximumWaiters = 20_000

    private let maximum: Int
    private let maximumForResults: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - maximum: How many requests may be open.
    ///   - kept: How many of them are never for results.
    init(maximum: Int, kept: Int) {
        self.maximum = max(1, maximum)
        maximumForResults = max(1, self.maximum - max(0, kept))
    }

    /// How many wait.
    var waiting: Int { state.withLock { $0.waiters.count } }

    /// Runs a body that makes one request, when it is its turn.
    ///
    /// - Throws: ``LAVAError/Kind/busy`` when that did not come within the limit, ``LAVAError/Kind/cancelled``, and what
    ///   the body throws.
    func withPermit<Value: Sendable>(
        for purpose: Purpose,
        within limit: Duration,
        _ body: () async throws(LAVAError) -> Value
    ) async throws(LAVAError) -> Value {
        switch await permit(purpose, within: limit) {
        case .permitted: break
        case .cancelled: throw LAVAError(kind: .cancelled, requestMayHaveBeenProcessed: false)
        case .tooLong: throw LAVAError(kind: .busy, requestMayHaveBeenProcessed: false)
        }
        defer { release(purpose) }
        return try await body()
    }

    private func permit(_ purpose: Purpose, within limit: Duration) async -> Outcome {
        let id: Int? = state.withLock { state in
            if take(purpose, &state) { return nil }
            state.lastID += 1
            return state.lastID
        }
        guard let id else { return .permitted }
        let timer = Task {
            try await Task.sleep(for: limit)
            end(id, .tooLong)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome: Outcome? = state.withLock { state in
                    // Looked at under the lock: a cancellation that is not seen here finds this waiter.
                    if Task.isCancelled { return .cancelled }
                    if take(purpose, &state) { return .permitted }
                    guard state.waiters.count < Self.maximumWaiters else { return .tooLong }
                    state.waiters.append(Waiter(id: id, purpose: purpose, continuation: continuation))
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            end(id, .cancelled)
        }
    }

    /// Takes a permit if there is one and nobody waits for it already.
    private func take(_ purpose: Purpose, _ state: inout State) -> Bool {
        guard !state.waiters.contains(where: { $0.purpose == purpose }), isFree(purpose, state) else { return false }
        count(purpose, 1, &state)
        return true
    }

    private func isFree(_ purpose: Purpose, _ state: State) -> Bool {
        state.open < maximum && (purpose == .other || state.openForResults < maximumForResults)
    }

    private func count(_ purpose: Purpose, _ number: Int, _ state: inout State) {
        state.open += number
        if purpose == .results { state.openForResults += number }
    }

    private func release(_ purpose: Purpose) {
        let next: Waiter? = state.withLock { state in
            count(purpose, -1, &state)
            guard let index = state.waiters.firstIndex(where: { isFree($0.purpose, state) }) else { return nil }
            let waiter = state.waiters.remove(at: index)
            count(waiter.purpose, 1, &state)
            return waiter
        }
        next?.continuation.resume(returning: .permitted)
    }

    /// Ends the waits for one purpose, as if they had taken too long.
    func endWaits(for purpose: Purpose) {
        let waiters: [Waiter] = state.withLock { state in
            defer { state.waiters.removeAll { $0.purpose == purpose } }
            return state.waiters.filter { $0.purpose == purpose }
        }
        for waiter in waiters { waiter.continuation.resume(returning: .tooLong) }
    }

    private func end(_ id: Int, _ outcome: Outcome) {
        let waiter: Waiter? = state.withLock { state in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(returning: outcome)
    }
}
