// SPDX-License-Identifier: Apache-2.0

public import FleetStore
public import Foundation

/// A lab in a table.
struct BackendRow: Sendable {
    let href: String
    let name: String
    let badge: Badge
    let why: String?
    let waiting: String
    let inLab: String
    let contact: Moment?

    init(_ backend: BackendStatus, isConfigured: Bool, now: Date) {
        href = "/backends/\(Shown.path(backend.name))"
        name = Shown.line(backend.name)
        badge = Badge(backend.state, isConfigured: isConfigured)
        why = backend.reason.map { Shown.line($0) }
        waiting = Shown.number(backend.waiting)
        inLab = Shown.number(backend.inLab)
        contact = Moment(backend.lastContactAt, now: now)
    }
}

/// The labs.
public struct BackendsView: PageContent {
    /// Its template.
    public static let template = "backends"
    /// Its name.
    public var title: String { "Backends" }
    /// The second.
    public var place: PagePlace? { .backends }
    /// Now and then.
    public var refresh: Int? { 15 }

    let backends: [BackendRow]
    let hasBackends: Bool

    /// The labs, of which those in `configured` are in use.
    public init(_ backends: [BackendStatus], configured: Set<String>, now: Date) {
        self.backends = backends.map { BackendRow($0, isConfigured: configured.contains($0.name), now: now) }
        hasBackends = !backends.isEmpty
    }
}
