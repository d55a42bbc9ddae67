// SPDX-License-Identifier: Apache-2.0

public import FleetRuntime
public import FleetStore
import Foundation

/// A lab in JSON: what the configuration says and what the fleet knows of it.
public struct BackendObject: Encodable, Sendable {
    let name: String
    let url: String?
    let state: String
    let reason: String?
    let since: Date?
    let pausedReason: String?
    let pausedAt: Date?
    let stoppedReason: String?
    let stoppedAt: Date?
    let failures: Int
    let nextTryAt: Date?
    let eventsSince: Date?
    let waiting: Int
    let inLab: Int
    let lastContactAt: Date?
    let lastError: String?
    let lastErrorAt: Date?

    /// Either may be missing: a lab nobody has used yet, or one that is not configured any more.
    public init(name: String, configured: FleetConfiguration.Backend?, known: BackendStatus?) {
        self.name = name
        url = configured?.url
        state = configured == nil ? "not configured" : (known?.state ?? .ok).rawValue
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
    public var currentError: String? {
        guard let lastErrorAt, lastErrorAt > lastContactAt ?? .distantPast else { return nil }
        return lastError
    }

    /// All labs by name, of either source.
    public static func all(configured: [String: FleetConfiguration.Backend], known: [BackendStatus]) -> [BackendObject]
    {
        let statuses = Dictionary(known.map { ($0.name, $0) }) { first, _ in first }
        return Set(configured.keys).union(statuses.keys).sorted().map { name in
            BackendObject(name: name, configured: configured[name], known: statuses[name])
        }
    }
}
