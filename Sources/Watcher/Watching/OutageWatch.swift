// SPDX-License-Identifier: Apache-2.0

import Deadlines
import Labs
import Synchronization

/// Sees when a lab that accepted requests and answered none is back.
///
/// What hung through an outage may hang on until its own limit, long after the lab is well: the lab has forgotten it, or
/// the network tries again ever more seldom. So once a request takes long, a small one is sent now and then, over
/// connections of its own; when that is answered after it was not, the request that hangs is given up and sent again
/// (`LabRecovery`). A request that is merely slow is left alone, for then the first small one is answered.
final class OutageWatch: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// How long a request may take before the lab is asked whether it is there.
    static let patience: Duration = .seconds(3)
    /// How long the answer to a question may take.
    static let limit: Duration = .seconds(2)
    /// The pause between two questions.
    static let pause: Duration = .seconds(1)

    private struct State {
        var isAsking = false
        var nextQuestion: Instant?
        /// Whether questions are not answered.
        var isSilent = false
        /// When one was answered after another was not.
        var recoveredAt: Instant?
        /// When one was answered.
        var answeredAt: Instant?
    }

    private let lab: any Lab
    private let state = Mutex(State())

    /// A watch of `lab`, whose connections nothing else uses.
    init(lab: any Lab) {
        self.lab = lab
    }

    /// Has requests that hang through an outage given up and sent again.
    var recovery: LabRecovery { { began in try await self.waitForRecovery(after: began) } }

    /// Returns when the lab is back from an outage that a request which began then has seen; never, if there is none.
    private func waitForRecovery(after began: Instant) async throws {
        try await Task.sleep(for: Self.patience)
        while true {
            let (isBack, isMerelySlow, mayAsk) = state.withLock { state in
                let now = ContinuousClock.now
                let mayAsk = !state.isAsking && state.nextQuestion ?? now <= now
                let isBack = state.recoveredAt.map { $0 > began } ?? false
                let isMerelySlow = !state.isSilent && state.answeredAt.map { $0 > began } ?? false
                if mayAsk, !isBack, !isMerelySlow { state.isAsking = true }
                return (isBack, isMerelySlow, mayAsk)
            }
            if isBack { return }
            if isMerelySlow {
                // Whoever waits here is cancelled when the request has ended.
                try await Task.sleep(for: .seconds(3_600))
            } else if mayAsk {
                await ask()
            } else {
                try await Task.sleep(for: .milliseconds(100))
            }
            try Task.checkCancellation()
        }
    }

    private func ask() async {
        let isAnswered = (try? await withDeadline(Self.limit) { await self.isAnswered() }) ?? false
        let isCancelled = Task.isCancelled
        state.withLock { state in
            let now = ContinuousClock.now
            state.isAsking = false
            state.nextQuestion = now.advanced(by: Self.pause)
            if isAnswered {
                if state.isSilent { state.recoveredAt = now }
                state.isSilent = false
                state.answeredAt = now
            } else if !isCancelled {
                state.isSilent = true
            }
        }
    }

    /// Whether the lab says anything at all, be it no.
    private func isAnswered() async -> Bool {
        do {
            _ = try await lab.version()
            return true
        } catch {
            return !error.isSilence
        }
    }
}
