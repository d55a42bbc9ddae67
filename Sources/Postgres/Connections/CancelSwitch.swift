// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Synchronization

/// Where one connection's cancellation is asked for, from any thread, and heard, on the connection's own.
///
/// The request to the server goes out of band, since `PQcancel` dials and blocks. A request still under way could hit the
/// next statement instead, so a connection is only used on, or given back, after `settle`.
final class CancelSwitch: Sendable {
    private struct State {
        var lease: UInt64 = 0
        var isRequested = false
        var isRunning = false
        var isUnderWay = false
        var wasSent = false
        var target: RawCancel?
    }

    /// How a lease's cancel requests ended.
    enum Settled {
        case quiet
        /// The server was asked to stop something; one of the requests may arrive late.
        case sent
        /// A request is still under way: the connection must not be used again.
        case stuck
    }

    private static let queue = DispatchQueue(label: "postgres.cancel", attributes: .concurrent)

    private let state = Mutex(State())
    private let completed = DispatchSemaphore(value: 0)
    private let wakeup: Wakeup

    init(wakeup: Wakeup) {
        self.wakeup = wakeup
    }

    var isRequested: Bool {
        state.withLock { $0.isRequested }
    }

    func arm(_ target: RawCancel) {
        state.withLock { $0.target = target }
    }

    /// A new use of the connection begins; requests meant for an earlier one are not heard any more.
    func begin() -> UInt64 {
        state.withLock { state in
            state.lease &+= 1
            state.isRequested = false
            state.wasSent = false
            return state.lease
        }
    }

    /// Asks that what this lease runs, or will run, be stopped. Returns at once.
    func request(lease: UInt64) {
        let isCurrent = state.withLock { state in
            guard state.lease == lease else { return false }
            state.isRequested = true
            return true
        }
        guard isCurrent else { return }
        wakeup.signal()
        repeatRequest()
    }

    /// Asks that whatever runs be stopped, for a client that closes.
    func requestCurrent() {
        request(lease: state.withLock { $0.lease })
    }

    /// Sends a request to the server, unless nothing runs or one is under way.
    func repeatRequest() {
        let target: RawCancel? = state.withLock { state in
            guard state.isRequested, state.isRunning, !state.isUnderWay, let target = state.target else { return nil }
            state.isUnderWay = true
            state.wasSent = true
            return target
        }
        guard let target else { return }
        Self.queue.async { [self] in
            _ = target.send()
            state.withLock { $0.isUnderWay = false }
            completed.signal()
        }
    }

    /// Before a statement that may be canceled is sent.
    func statementBegins() throws(PostgresError) {
        let isRequested = state.withLock { state in
            if !state.isRequested { state.isRunning = true }
            return state.isRequested
        }
        if isRequested { throw PostgresError(.canceled, "canceled before the statement was sent") }
    }

    /// After its last result was read.
    func statementEnded() {
        state.withLock { $0.isRunning = false }
    }

    /// Waits until no request is under way. On the connection's own thread, between statements.
    func settle(limit: Duration) -> Settled {
        let deadline = ContinuousClock.now + limit
        while state.withLock({ $0.isUnderWay }) {
            if ContinuousClock.now >= deadline { return .stuck }
            _ = completed.wait(timeout: .now() + .milliseconds(100))
        }
        return state.withLock { state in
            defer { state.wasSent = false }
            return state.wasSent ? .sent : .quiet
        }
    }
}
