// SPDX-License-Identifier: Apache-2.0

package import Foundation

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

/// A lab: what the configuration says and what the fleet knows of it.
package struct Backend: Codable, Sendable, Equatable {
    /// Its name in the configuration.
    package let name: String
    /// The root of its web server.
    package let url: String?
    /// Whether jobs go there, in a word.
    package let state: String
    /// Why they do not go there as they should.
    package let reason: String?
    package let since: Date?
    /// Why a person paused it.
    package let pausedReason: String?
    /// Since when it is paused.
    package let pausedAt: Date?
    /// In which words it refused our token.
    package let stoppedReason: String?
    /// Since when it does.
    package let stoppedAt: Date?
    /// How often in a row it failed to take a job.
    package let failures: Int
    /// When one job may try again.
    package let nextTryAt: Date?
    /// Since when its event stream is followed.
    package let eventsSince: Date?
    /// Jobs that are not there yet.
    package let waiting: Int
    /// Jobs that it has.
    package let inLab: Int
    /// When it last answered.
    package let lastContactAt: Date?
    /// What it last failed with.
    package let lastError: String?
    /// When it last failed.
    package let lastErrorAt: Date?

    /// - Parameter url: The root of its web server, if it has one.
    ///
    /// Either may be missing: a lab nobody has used yet, or one that is not configured any more.
    package init(name: String, url: String?, isConfigured: Bool, known: BackendStatus?) {
        self.name = name
        self.url = url
        state = !isConfigured ? "not configured" : (known?.state ?? .ok).rawValue
        reason = known?.reason
        since = known?.since
        pausedReason = known?.pausedReason
        pausedAt = known?.pausedAt
        stoppedReason = known?.stoppedReason
        stoppedAt = known?.stoppedAt
        failures = known?.failures ?? 0
        nextTryAt = known?.probeAt
        eventsSince = known?.eventsSince
        waiting = known?.waiting ?? 0
        inLab = known?.inLab ?? 0
        lastContactAt = known?.lastContactAt
        lastError = known?.lastError
        lastErrorAt = known?.lastErrorAt
    }

    /// What the lab failed with, unless it has answered since.
    package var currentError: String? {
        guard let lastErrorAt, lastErrorAt > lastContactAt ?? .distantPast else { return nil }
        return lastError
    }

    /// All labs by name, of either source.
    ///
    /// - Parameter configured: Those that are configured, each with the root of its web server, if it has one.
    package static func all(configured: [String: String?], known: [BackendStatus]) -> [Backend] {
        let statuses = Dictionary(known.map { ($0.name, $0) }) { first, _ in first }
        return Set(configured.keys).union(statuses.keys).sorted().map { name in
            Backend(
                name: name,
                url: configured[name] ?? nil,
                isConfigured: configured[name] != nil,
                known: statuses[name]
            )
        }
    }
}
