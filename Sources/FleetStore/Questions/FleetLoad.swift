// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import Foundation
import Postgres

/// What a lab has to do at present, as the view `backlog` says it.
package struct LabLoad: Sendable, Equatable, Decodable {
    package let backend: String
    package let state: BackendState
    /// Jobs that are not in the lab yet.
    package let waiting: Int
    /// For how long the oldest of them has waited.
    package let oldestWaitingSeconds: Double
    /// Attempts that the lab has or that are being submitted.
    package let inFlight: Int
    /// Finished lab jobs whose results are not stored.
    package let unfetched: Int
    /// When the lab last answered.
    package let lastContactAt: Date?
}

/// What the fleet has to do at present, apart from labs.
package struct FleetLoad: Sendable, Equatable {
    /// Deliveries of one kind that have not ended.
    package struct Deliveries: Sendable, Equatable, Decodable {
        package let kind: DeliveryKind
        package let due: Int
        /// Those whose time came minutes ago.
        package let overdue: Int
    }

    package let runningJobsets: Int
    /// Those that more jobs can be added to.
    package let openJobsets: Int
    package let deliveries: [DeliveryKind: Deliveries]
}

extension FleetStore {
    /// What each lab has to do.
    package func labLoads() async throws -> [LabLoad] {
        try await query(
            """
            select backend, state, waiting, oldest_waiting_seconds, in_flight, unfetched, last_contact_at
            from (\(unsafeSQL: DashboardView.backlog.select)) as lab order by backend
            """
        ).decode(LabLoad.self)
    }

    /// What the fleet has to do.
    package func fleetLoad() async throws -> FleetLoad {
        let (running, open) = try await query(
            "select count(*), count(*) filter (where not sealed) from jobset where state = 'running'"
        ).one().decode(Int.self, Int.self)
        let deliveries = try await query(
            "select kind, due, overdue from (\(unsafeSQL: DashboardView.dueDeliveries.select)) as due"
        ).decode(FleetLoad.Deliveries.self)
        return FleetLoad(
            runningJobsets: running,
            openJobsets: open,
            deliveries: Dictionary(deliveries.map { ($0.kind, $0) }) { first, _ in first }
        )
    }
}

/// Jobs that ended in one hour.
package struct HourlyEnds: Sendable, Equatable, Decodable {
    /// Its beginning.
    package let hour: Date
    package let jobs: Int
    /// Those that ran to their end.
    package let complete: Int

    /// An hour as given.
    package init(hour: Date, jobs: Int, complete: Int) {
        (self.hour, self.jobs, self.complete) = (hour, jobs, complete)
    }
}

extension FleetStore {
    /// The jobs that ended in each of the last hours, as the view `throughput_by_hour` says it. An hour in which none ended
    /// has no entry.
    package func hourlyEnds(hours: Int) async throws -> [HourlyEnds] {
        try await query(
            """
            select hour, sum(jobs)::bigint as jobs, sum(complete)::bigint as complete
            from (\(unsafeSQL: DashboardView.throughput.select)) as ended
            where hour > now() - \(Duration.seconds(hours * 3_600)) group by hour order by hour
            """
        ).decode(HourlyEnds.self)
    }
}
