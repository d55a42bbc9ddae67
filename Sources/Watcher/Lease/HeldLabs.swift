// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Synchronization

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
