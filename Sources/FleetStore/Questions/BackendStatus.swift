// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Postgres

/// Whether jobs go to a lab, and what keeps them from it.
package enum BackendState: String, Sendable, Codable, CaseIterable {
    /// Jobs go there.
    case ok
    /// A person has paused it.
    case paused
    /// It refuses our token; it is asked from time to time whether it knows it again.
    case stopped
    /// It failed too often in a row: its circuit is open, and nothing goes there before the next try is due.
    case broken
    /// Its circuit is half open: one job may try, and what comes of it decides.
    case probing
}

/// A lab as Muster sees it now.
package struct BackendStatus: Sendable, Codable {
    /// Its name in the configuration.
    package let name: String
    /// Whether jobs go there. Of several obstacles it tells the one that a person can do most about.
    package let state: BackendState
    /// Why a person paused it; `nil` when nobody has.
    package let pausedReason: String?
    /// Since when it is paused.
    package let pausedAt: Date?
    /// In which words it refused our token; `nil` while all is well.
    package let stoppedReason: String?
    /// Since when it does.
    package let stoppedAt: Date?
    /// How often in a row it failed to take a job.
    package let failures: Int
    /// When one job may try again, of a circuit that is not closed.
    package let probeAt: Date?
    /// Since when its event stream is followed; `nil` while it is only polled.
    package let eventsSince: Date?
    /// When it last answered.
    package let lastContactAt: Date?
    /// What it last failed with.
    package let lastError: String?
    /// When it last failed.
    package let lastErrorAt: Date?
    /// Jobs that are not in the lab yet.
    package let waiting: Int
    /// Jobs that the lab has.
    package let inLab: Int

    /// Why jobs do not go there as they should; `nil` of a lab in state ``BackendState/ok``.
    package var reason: String? {
        switch state {
        case .ok: nil
        case .paused: pausedReason
        case .stopped: stoppedReason
        case .broken, .probing: lastError
        }
    }

    /// Since when they don't, where that is known.
    package var since: Date? {
        switch state {
        case .ok, .broken, .probing: nil
        case .paused: pausedAt
        case .stopped: stoppedAt
        }
    }
}

extension FleetStore {
    /// Every lab that Muster ever had a job for, with what it has of ours.
    package func backendStatuses() async throws -> [BackendStatus] {
        let rows = try await query(
            """
            select name, paused_reason, paused_at, stopped_reason, stopped_at, failures, probe_at,
                case
                    when paused_at is not null or paused_reason is not null then 'paused'
                    when stopped_reason is not null then 'stopped'
                    when probe_at is null then 'ok'
                    when probe_at > now() then 'broken'
                    else 'probing'
                end as state,
                events_since, last_contact_at, last_error, last_error_at,
                -- What is kept (`FleetStore/Turns`), and what is out: neither all that waits nor all that a lab has.
                (kept.waiting + (
                    select count(*) from job
                    where job.backend = backend.name and job.state = 'waiting' and job.resume_at is null
                ))::bigint as waiting,
                (kept.attempts - (
                    select count(*) from attempt where attempt.backend = backend.name and attempt.state = 'submitting'
                ))::bigint as in_lab
            from backend cross join lateral (
                select coalesce(sum(waiting), 0) as waiting, coalesce(sum(attempts), 0) as attempts from (
                    select waiting, 0 as attempts from turn where turn.backend = backend.name
                    union all select 0, attempts from lab_load where lab_load.backend = backend.name
                    union all select waiting, attempts from turn_change where turn_change.backend = backend.name
                ) as part
            ) as kept order by name
            """
        )
        return try rows.decode(BackendStatus.self)
    }
}
