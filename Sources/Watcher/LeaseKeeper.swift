// SPDX-License-Identifier: Apache-2.0

import FleetAssembly
import FleetRuntime
import FleetStore
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Takes the lease on one lab where it can, watches the lab while it holds it, and keeps taking it.
///
/// The lease is renewed on its own, whatever the watch is busy with. When it can't be renewed, because another watcher
/// has it or the database is away until past its end, the watch ends; that two watch for a moment does no harm.
struct LeaseKeeper: Service {
    let lab: WatchedLab
    let holder: UUID
    let watch: LabWatch
    let held: HeldLabs

    private var lease: Duration { lab.settings.lease }
    private var renewPause: Duration { lease / 3 }

    func run() async throws {
        let limit = lease + Liveness.turnLimit
        await Liveness.ofProcess.watching("the lease on \(lab.name)", limit: limit) { await keep($0) }
        // Not in this task, which may be cancelled: another watcher need not wait for the lease's end.
        await Task { try? await lab.store.releaseLease(on: lab.name, holder: holder) }.value
    }

    private func keep(_ mark: TurnMark) async {
        var lastError: String?
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            mark.turn()
            let asked = ContinuousClock.now
            do {
                let answer = try await lab.store.holdLease(on: lab.name, holder: holder, lease: lease)
                lastError = nil
                if answer != .refused {
                    await watchWhileHeld(since: asked, isNew: answer == .taken, mark)
                    continue
                }
            } catch {
                if "\(error)" != lastError, !Task.isCancelled {
                    lab.logger.warning("no lease, trying again", [.error: "\(error)"])
                }
                lastError = "\(error)"
            }
            try? await cancelWhenGracefulShutdown {
                try await Task.sleep(for: renewPause * Double.random(in: 0.8...1))
            }
        }
    }

    private func watchWhileHeld(since taken: ContinuousClock.Instant, isNew: Bool, _ mark: TurnMark) async {
        lab.logger.info("watches the lab")
        FleetMetric.labLease.set(1, [.backend: lab.name])
        held.take(lab.name)
        let end = LeaseEnd(taken.advanced(by: lease))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watch.run(isTakenOver: isNew) }
            group.addTask { await renew(end, mark) }
            group.addTask { await end.wait() }
            await group.next()
            group.cancelAll()
        }
        held.release(lab.name)
        FleetMetric.labLease.set(0, [.backend: lab.name])
        lab.logger.info("watches the lab no more")
    }

    /// Renews until another watcher has the lease. Goes on through a shutdown, for as long as the watch takes to end.
    private func renew(_ end: LeaseEnd, _ mark: TurnMark) async {
        while !Task.isCancelled {
            mark.turn()
            try? await Task.sleep(for: renewPause)
            guard !Task.isCancelled else { return }
            let asked = ContinuousClock.now
            do {
                guard try await lab.store.holdLease(on: lab.name, holder: holder, lease: lease) != .refused else {
                    lab.logger.warning("another watcher has the lease")
                    return
                }
                end.put(off: asked.advanced(by: lease))
            } catch {
                lab.logger.debug("lease not renewed", [.error: "\(error)"])
            }
        }
    }
}

/// When a lease ends unless it is renewed, by our clock and no later than by the database's.
private final class LeaseEnd: Sendable {
    private let end: Mutex<ContinuousClock.Instant>

    init(_ end: ContinuousClock.Instant) {
        self.end = Mutex(end)
    }

    func put(off end: ContinuousClock.Instant) { self.end.withLock { $0 = end } }

    /// Returns once the lease has ended, or the task is cancelled.
    func wait() async {
        while !Task.isCancelled {
            let end = end.withLock { $0 }
            guard end > .now else { return }
            try? await Task.sleep(until: end, clock: .continuous)
        }
    }
}

/// The labs whose leases this watcher holds: it alone tells how they stand. Of a lab that it holds no longer it tells
/// nothing, so that an old value doesn't stand beside that of the next holder.
final class HeldLabs: Sendable {
    private let names = Mutex<Set<String>>([])

    /// Notes that the lease on a lab was taken.
    func take(_ lab: String) { names.withLock { _ = $0.insert(lab) } }

    /// Notes that the lease on a lab was lost.
    func release(_ lab: String) {
        names.withLock { names in
            names.remove(lab)
            for metric in FleetMetric.labStates { metric.forget(where: (.backend, lab)) }
        }
    }

    /// Tells something of a lab while its lease is held.
    func tell(of lab: String, _ body: () -> Void) {
        names.withLock { names in
            if names.contains(lab) { body() }
        }
    }

    /// Whether the lease on this lab is held.
    func contains(_ lab: String) -> Bool { names.withLock { $0.contains(lab) } }

    /// Whether no lease is held.
    var isEmpty: Bool { names.withLock(\.isEmpty) }
}
