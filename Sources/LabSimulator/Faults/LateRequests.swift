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
        var waitsForRepeat: Bool
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
        guard let id = enter(Waiting(body: request.body, wake: delay, waitsForRepeat: fault.kind == .holdUntilRepeat))
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
                self.state.withLock { $0.waiting[id]?.waitsForRepeat = false }
                let isThere = fault.kind.isHeld ? !self.uptime.isDown : self.uptime.run == run
                let outcome = isThere ? body() : .nothing
                _ = self.state.withLock { $0.waiting.removeValue(forKey: id) }
                once.resume(outcome)
            }
        }
    }

    /// A request has been carried out: one that waits for just that is next.
    func wasCarriedOut(_ request: RestRequest) {
        guard !request.body.isEmpty else { return }
        let wake = state.withLock { state -> Task<Void, any Error>? in
            let found = state.waiting.first { $0.value.waitsForRepeat && $0.value.body == request.body }
            guard let id = found?.key else { return nil }
            state.waiting[id]?.waitsForRepeat = false
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
