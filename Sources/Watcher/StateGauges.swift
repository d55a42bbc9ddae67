// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Foundation
import Logging
import ServiceLifecycle

/// Tells how the labs stand whose leases this watcher holds, and, if it holds the first one's, how the fleet stands. So
/// each gauge has one teller at a time, and nobody asks the database for what is told already.
struct StateGauges: Service {
    let held: HeldLabs
    let parts: FleetParts

    /// How often, a little more often than it is usually scraped.
    static let interval: Duration = .seconds(10)

    func run() async throws {
        await repeatUntilShutdown(every: Self.interval, logger: parts.logger, "gauges of state") { try await turn() }
    }

    private func turn() async throws {
        // Nobody could see them.
        guard parts.configuration.metrics.listen != nil, !held.isEmpty else { return }
        for lab in try await parts.store.labLoads() {
            held.tell(of: lab.backend) { tell(lab) }
        }
        guard let first = parts.configuration.backends.keys.min() else { return }
        guard held.contains(first) else { return Self.forgetFleet() }
        tell(try await parts.store.fleetLoad())
    }

    private func tell(_ lab: LabLoad) {
        let name = lab.backend
        FleetMetric.backlogJobs.set(lab.waiting, [.backend: name])
        FleetMetric.backlogOldest.set(Int(lab.oldestWaitingSeconds), [.backend: name])
        FleetMetric.labInFlight.set(lab.inFlight, [.backend: name])
        FleetMetric.unfetched.set(lab.unfetched, [.backend: name])
        if let limit = parts.configuration.backends[name]?.maximumInFlight {
            FleetMetric.labInFlightLimit.set(limit, [.backend: name])
        }
        for state in BackendState.allCases {
            FleetMetric.labState.set(state == lab.state ? 1 : 0, [.backend: name, .state: state.rawValue])
        }
        if let contact = lab.lastContactAt {
            FleetMetric.labLastContact.set(Int(contact.timeIntervalSince1970), [.backend: name])
        }
    }

    private func tell(_ fleet: FleetLoad) {
        FleetMetric.runningJobsets.set(fleet.runningJobsets)
        FleetMetric.openJobsets.set(fleet.openJobsets)
        for kind in DeliveryKind.allCases {
            let due = fleet.deliveries[kind]
            FleetMetric.dueDeliveries.set(due?.due ?? 0, [.kind: kind.rawValue])
            FleetMetric.overdueDeliveries.set(due?.overdue ?? 0, [.kind: kind.rawValue])
        }
    }

    private static func forgetFleet() {
        for metric in FleetMetric.fleetStates { metric.forget() }
    }
}
