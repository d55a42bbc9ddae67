// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// How a lab job that has not finished was found when its lab was asked for it by number.
package struct LabJobLook: Sendable, Equatable {
    /// Its row.
    package let id: Int
    /// LAVA's state, such as `Running`.
    package let labState: String
    /// LAVA's role of a member of a multinode group.
    package let role: String?
    /// By the lab's clock.
    package let submitTime: Date?
    /// By the lab's clock; `nil` when it has not started.
    package let startTime: Date?

    /// A look as given.
    package init(id: Int, labState: String, role: String?, submitTime: Date?, startTime: Date?) {
        self.id = id
        self.labState = labState
        self.role = role
        self.submitTime = submitTime
        self.startTime = startTime
    }
}

extension FleetStore {
    /// Notes how lab jobs were found. Unlike an event's word this is the lab's own, so what it does not say any more
    /// is taken back.
    package func recordLooks(_ looks: [LabJobLook]) async throws {
        guard !looks.isEmpty else { return }
        let looks = looks.sorted { $0.id < $1.id }
        try await execute(
            """
            update lab_job set lab_state = seen.lab_state, role = coalesce(seen.role, lab_job.role),
                submit_time = coalesce(seen.submit_time, lab_job.submit_time), start_time = seen.start_time
            from unnest(
                \(looks.map(\.id)), \(looks.map(\.labState)), \(looks.map(\.role)),
                \(looks.map(\.submitTime)), \(looks.map(\.startTime))
            ) as seen (id, lab_state, role, submit_time, start_time)
            where lab_job.id = seen.id and lab_job.state = 'submitted'
            """
        )
    }
}
