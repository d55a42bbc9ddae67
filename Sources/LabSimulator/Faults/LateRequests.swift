// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

/// Requests that are carried out after a time, whether their clients are still there or not.
final class LateRequests: Sendable {
    private let uptime: Uptime
    private let waiting = Mutex(0)

    /// The most at a time; what comes beyond them is dropped.
    static let maximumCount = 10_000

    init(uptime: Uptime) {
        self.uptime = uptime
    }

    /// How many are still to be carried out.
    var count: Int { waiting.withLock { $0 } }

    /// Carries a request out after the fault's delay.
    ///
    /// A slow lab forgets the request when it goes down. A front that holds one delivers it to the lab that is there at
    /// that time, and drops it if there is none.
    ///
    /// - Returns: What became of it, or nothing as soon as its connection is gone. It is carried out all the same.
    func carryOut(
        after fault: Fault,
        channel: any Channel,
        _ body: @escaping @Sendable () -> FaultPlay.Outcome
    ) async -> FaultPlay.Outcome {
        let run = uptime.run
        let hasRoom = waiting.withLock { waiting in
            guard waiting < Self.maximumCount else { return false }
            waiting += 1
            return true
        }
        guard hasRoom else { return .nothing }
        return await withCheckedContinuation { continuation in
            let once = Once(continuation)
            channel.closeFuture.whenComplete { _ in once.resume(.nothing) }
            // A task of its own: the one that handles the connection ends with it.
            Task {
                try? await Task.sleep(for: fault.delay)
                let isThere = fault.kind == .holdRequest ? !self.uptime.isDown : self.uptime.run == run
                let outcome = isThere ? body() : .nothing
                self.waiting.withLock { $0 -= 1 }
                once.resume(outcome)
            }
        }
    }
}
