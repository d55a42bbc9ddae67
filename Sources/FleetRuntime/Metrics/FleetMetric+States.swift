// SPDX-License-Identifier: Apache-2.0

/// Gauges of how things stand. One watcher tells each of them: the holder of a lab's lease, and for what is of no lab, the
/// holder of the first one's.
extension FleetMetric {
    /// Those of a lab.
    package static let labStates: [FleetMetric] = [
        .backlogJobs, .backlogOldest, .labInFlight, .labInFlightLimit, .labState, .labLastContact, .unfetched,
    ]
    /// Those of the fleet that the holder of the first lab's lease tells.
    package static let fleetStates: [FleetMetric] = [
        .runningJobsets, .openJobsets, .dueDeliveries, .overdueDeliveries,
    ]

    var labDescription: MetricDescription {
        let holder = "watcher"
        return switch self {
        case .backlogJobs: .init(self, holder, by: [.backend], "jobs that wait for the lab")
        case .backlogOldest:
            .init(self, holder, by: [.backend], "for how long the oldest of them has waited; 0 if none waits")
        case .labInFlight:
            .init(self, holder, by: [.backend], "attempts that the lab has or that are being submitted")
        case .labInFlightLimit:
            .init(self, holder, by: [.backend], "how many that can be: backends.*.maximum_in_flight")
        case .labState:
            .init(
                self,
                holder,
                by: [.backend, .state],
                "1 for the state that the lab is in, else 0: ok, paused, stopped (it rejects the token), broken (circuit "
                    + "open), probing"
            )
        case .labLastContact: .init(self, holder, by: [.backend], "when the lab last answered, in seconds since 1970")
        default:
            .init(self, holder, by: [.backend], "finished lab jobs whose results are not stored yet")
        }
    }

    var fleetDescription: MetricDescription {
        let holder = "watcher"
        return switch self {
        case .runningJobsets: .init(self, holder, "jobsets that are not finished")
        case .openJobsets: .init(self, holder, "of these, jobsets that more jobs can be added to")
        case .dueDeliveries: .init(self, holder, by: [.kind], "deliveries that have not ended")
        case .overdueDeliveries:
            .init(self, holder, by: [.kind], "of these, deliveries whose time came more than 5 minutes ago")
        default:
            .init(
                self,
                holder,
                "messages that nobody could handle, in the queue of dead letters; every watcher says it"
            )
        }
    }
}
