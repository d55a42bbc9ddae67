// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Postgres

/// Whether jobs go to a lab, and what keeps them from it.
public enum BackendState: String, Sendable, Codable, CaseIterable {
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
public struct BackendStatus: Sendable, Codable {
    /// Its name in the configuration.
    public let name: String
    /// Whether jobs go there. Of several obstacles it tells the one that a person can do most about.
    public let state: BackendState
    /// Why a person paused it; `nil` when nobody has.
    public let pausedReason: String?
    /// Since when it is paused.
    public let pausedAt: Date?
    /// In which words it refused our token; `nil` while all is well.
    public let stoppedReason: String?
    /// Since when it does.
    public let stoppedAt: Date?
    /// How often in a row it failed to take a job.
    public let failures: Int
    /// When one job may try again, of a circuit that is not closed.
    public let probeAt: Date?
    /// Since when its event stream is followed; `nil` while it is only polled.
    public let eventsSince: Date?
    /// When it last answered.
    public let lastContactAt: Date?
    /// What it last failed with.
    public let lastError: String?
    /// When it last failed.
    public let lastErrorAt: Date?
    /// Jobs that are not in the lab yet.
    public let waiting: Int
    /// Jobs that the lab has.
    public let inLab: Int

    /// Why jobs do not go there as they should; `nil` of a lab in state ``BackendState/ok``.
    public var reason: String? {
        switch state {
        case .ok: nil
        case .paused: pausedReason
        case .stopped: stoppedReason
        case .broken, .probing: lastError
        }
    }

    /// Since when they don't, where that is known.
    public var since: Date? {
        switch state {
        case .ok, .broken, .probing: nil
        case .paused: pausedAt
        case .stopped: stoppedAt
        }
    }
}

extension FleetStore {
    /// Every lab that Muster ever had a job for, with what it has of ours.
    public func backendStatuses() async throws -> [BackendStatus] {
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
                (select count(*) from job where backend = backend.name and state = 'waiting') as waiting,
                (select count(*) from attempt where backend = backend.name and state = 'submitted') as in_lab
            from backend order by name
            """
        )
        return try rows.decode(BackendStatus.self)
    }
}
