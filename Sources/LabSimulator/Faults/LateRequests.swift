// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

/// Requests that are carried out after a time, whether their clients are still there or not.
final class LateRequests: Sendable {
    /// One that waits.
    private struct Waiting {
        var body: [UInt8]
        /// Ends its wait.
        var wake: Task<Void, any Error>
        /// Another request with the same body that ends it, too.
        var other: Other?
    }

    /// What has happened to another request with the same body.
    private enum Other {
        case carriedOut
        case held
    }

    private struct State {
        var waiting: [Int: Waiting] = [:]
        var next = 0
    }

    private let uptime: Uptime
    private let state = Mutex(State())

    /// The most at a time; what comes beyond them is dropped.
    static let maximumCount = 10_000

    init(uptime: Uptime) {
        self.uptime = uptime
    }

    /// How many are still to be carried out.
    var count: Int { state.withLock { $0.waiting.count } }

    /// Carries a request out after the fault's delay.
    ///
    /// A slow lab forgets the request when it goes down. A front that holds one delivers it to the lab that is there at
    /// that time, and drops it if there is none.
    ///
    /// - Returns: What became of it, or nothing as soon as its connection is gone. It is carried out all the same.
    func carryOut(
        _ request: RestRequest,
        after fault: Fault,
        channel: any Channel,
        _ body: @escaping @Sendable () -> FaultPlay.Outcome
    ) async -> FaultPlay.Outcome {
        let run = uptime.run
        let delay = Task { try await Task.sleep(for: fault.delay) }
        let other: Other? =
            switch fault.kind {
            case .holdUntilRepeat: .carriedOut
            case .holdUntilNext: .held
            default: nil
            }
        wakeOne(waitingFor: .held, request)
        guard let id = enter(Waiting(body: request.body, wake: delay, other: other))
        else {
            delay.cancel()
            return .nothing
        }
        return await withCheckedContinuation { continuation in
            let once = Once(continuation)
            channel.closeFuture.whenComplete { _ in once.resume(.nothing) }
            // A task of its own: the one that handles the connection ends with it.
            Task {
                _ = await delay.result
                self.state.withLock { $0.waiting[id]?.other = nil }
                let isThere = fault.kind.isHeld ? !self.uptime.isDown : self.uptime.run == run
                let outcome = isThere ? body() : .nothing
                _ = self.state.withLock { $0.waiting.removeValue(forKey: id) }
                once.resume(outcome)
            }
        }
    }

    /// A request has been carried out: one that waits for just that is next.
    func wasCarriedOut(_ request: RestRequest) { wakeOne(waitingFor: .carriedOut, request) }

    private func wakeOne(waitingFor event: Other, _ request: RestRequest) {
        guard !request.body.isEmpty else { return }
        let wake = state.withLock { state -> Task<Void, any Error>? in
            let found = state.waiting.first { $0.value.other == event && $0.value.body == request.body }
            guard let id = found?.key else { return nil }
            state.waiting[id]?.other = nil
            return found?.value.wake
        }
        wake?.cancel()
    }

    private func enter(_ waiting: Waiting) -> Int? {
        state.withLock { state in
            guard state.waiting.count < Self.maximumCount else { return nil }
            state.next += 1
            state.waiting[state.next] = waiting
            return state.next
        }
    }
}

/// Resumes a continuation the first time only.
final class Once<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value, Never>?>

    init(_ continuation: CheckedContinuation<Value, Never>) {
        self.continuation = Mutex(continuation)
    }

    func resume(_ value: Value) {
        continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }?.resume(returning: value)
    }
}
