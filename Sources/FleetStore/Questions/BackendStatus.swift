// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Postgres

extension FleetStore {
    /// Every lab that Muster ever had a job for, with what it has of ours.
    package func backendStatuses() async throws -> [BackendStatus] {
        let rows = try await query(
            """
            select name, paused_reason, paused_at, stopped_reason, stopped_at, backend.failures, probe_at, lab.state,
                backend.events_since, backend.last_contact_at, last_error, last_error_at, lab.waiting, lab.in_lab
            from backend join (\(unsafeSQL: DashboardView.backlog.select)) as lab on lab.backend = backend.name
            order by name
            """
        )
        return try rows.decode(BackendStatus.self)
    }
}
