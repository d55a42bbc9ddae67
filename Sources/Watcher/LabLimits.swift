// SPDX-License-Identifier: Apache-2.0

import FleetQueues
import FleetRuntime
import FleetStore
import Logging

/// Brings jobs to an end whose lab jobs have waited or run for longer than they may, and members of multinode groups
/// that LAVA has left in `Scheduling` for ever.
///
/// What is known here of a lab job may be old, so the lab is asked once more before anything ends.
struct LabLimits: Sendable {
    let lab: WatchedLab
    let reconciler: Reconciler

    /// The most that one turn looks at.
    static let batch = 200

    private var limits: LabJobLimits {
        LabJobLimits(
            queued: lab.backend.queuedLimit,
            running: lab.backend.runningLimit,
            stuckMember: lab.settings.stuckMemberLimit
        )
    }

    func turn() async throws {
        guard !lab.polls.read(\.isFailing) else { return }
        let overdue = try await lab.store.overdueLabJobs(backend: lab.name, limits: limits, limit: Self.batch)
        guard !overdue.isEmpty else { return }
        _ = try await reconciler.look(at: overdue)
        let expired = try await lab.store.expireJobs(
            ofLabJobs: overdue.map(\.id),
            backend: lab.name,
            limits: limits
        )
        let reasons = try await lab.publisher.announce(expired)
        FleetMetric.expired.increment(by: reasons.count, [.backend: lab.name])
        for reason in reasons { lab.logger.warning("expired", [.reason: "\(reason)"]) }
    }
}
