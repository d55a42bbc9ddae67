// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import FleetStore
import Labs
import Logging
import ServiceLifecycle

/// All that the holder of a lab's lease does for the lab. Each part goes on by itself, so that a request which hangs
/// holds up nothing else.
struct LabWatch: Sendable {
    let lab: WatchedLab

    /// How often what is due is looked for.
    static let choreTurn: Duration = .seconds(1)
    /// How often, at most, lab jobs are asked for by number.
    static let reconcileTurn: Duration = .seconds(2)
    /// How often the limits of time are looked at.
    static let limitTurn: Duration = .seconds(5)

    /// Runs until shutdown, or until the task is cancelled.
    ///
    /// - Parameter isTakenOver: Whether another watcher may have died on it, with something noted and not announced.
    func run(isTakenOver: Bool) async {
        let reconciler = Reconciler(lab: lab)
        let dueFetches = DueFetches(lab: lab)
        let canceler = LabCanceler(lab: lab, reconciler: reconciler)
        let limits = LabLimits(lab: lab, reconciler: reconciler)
        await withTaskGroup(of: Void.self) { group in
            if lab.client.hasEvents { group.addTask { await EventFollower(lab: lab, reconciler: reconciler).run() } }
            group.addTask { await LabPoller(lab: lab, reconciler: reconciler).run() }
            group.addTask {
                if isTakenOver { await takeOver() }
                await repeated(every: Self.choreTurn, "resuming fetches") { try await dueFetches.turn() }
            }
            group.addTask { await repeated(every: Self.choreTurn, "canceling") { try await canceler.turn() } }
            group.addTask {
                let doubts = DoubtWatch(lab: lab)
                await repeated(every: Self.choreTurn, "looking again") { try await doubts.turn() }
            }
            group.addTask {
                let settings = lab.settings
                let pause = min(Self.reconcileTurn, settings.missingGrace, settings.reconcileInterval)
                await repeated(every: pause, "asking by number") {
                    if !lab.polls.read(\.isFailing) { try await reconciler.look() }
                }
            }
            group.addTask { await repeated(every: Self.limitTurn, "the limits") { try await limits.turn() } }
        }
    }

    private func takeOver() async {
        do {
            try await lab.store.reannounce(backend: lab.name, within: lab.settings.lease + .seconds(30))
            try await lab.store.makeFetchesDue(backend: lab.name)
        } catch {
            guard !Task.isCancelled else { return }
            lab.logger.warning("not announced again; the sweep does it", [.error: "\(error)"])
        }
    }

    private func repeated(every pause: Duration, _ what: String, _ turn: () async throws -> Void) async {
        await repeatUntilShutdown(every: pause, logger: lab.logger, what, turn)
    }
}
