// SPDX-License-Identifier: Apache-2.0

package import FleetStore
package import Foundation

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
        href = "/backends/\(PageText.path(backend.name))"
        name = PageText.line(backend.name)
        badge = Badge(backend.state, isConfigured: isConfigured)
        why = backend.reason.map { PageText.line($0) }
        waiting = PageText.number(backend.waiting)
        inLab = PageText.number(backend.inLab)
        contact = Moment(backend.lastContactAt, now: now)
    }
}

/// The labs.
package struct BackendsView: PageContent {
    package static let template = "backends"
    package var title: String { "Backends" }
    /// The second.
    package var place: PagePlace? { .backends }
    /// Now and then.
    package var refresh: Int? { 15 }

    let backends: [BackendRow]
    let hasBackends: Bool

    /// The labs, of which those in `configured` are in use.
    package init(_ backends: [BackendStatus], configured: Set<String>, now: Date) {
        self.backends = backends.map { BackendRow($0, isConfigured: configured.contains($0.name), now: now) }
        hasBackends = !backends.isEmpty
    }
}
