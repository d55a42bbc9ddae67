// SPDX-License-Identifier: Apache-2.0

package import Fleet
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

/// One lab: what it has to do, and how that goes.
package struct BackendView: PageContent {
    package static let template = "backend"
    package var title: String { name }
    /// Among the labs.
    package var place: PagePlace? { .backends }
    /// Now and then.
    package var refresh: Int? { 10 }
    /// What it has to do.
    package var news: String { "\(waitingWords), \(inLabWords)" }

    /// How much of each list is shown.
    package static let limit = 50

    struct QueueRow: Sendable {
        let href: String
        let build: String
        let priority: Int
        let waiting: String
        let at: Moment
    }

    struct InFlightRow: Sendable {
        let number: Int
        let url: String?
        let href: String
        let environment: String
        let build: String
        let labState: String
        let at: Moment
        let checked: Moment
    }

    let name: String
    let base: String
    let badge: Badge
    let why: String?
    let tiles: [Tile]
    let mayOperate: Bool
    let csrf: String
    let isPaused: Bool
    let isHindered: Bool
    let facts: [Fact]
    let errors: [TroubleRow]
    let hasErrors: Bool
    let queue: [QueueRow]
    let hasQueue: Bool
    let inFlight: [InFlightRow]
    let hasInFlight: Bool
    let inFlightLimit = Self.limit
    let waitingWords: String
    let inLabWords: String

    /// What there is to say of a lab.
    package init(
        _ backend: BackendStatus,
        isConfigured: Bool,
        activity: BackendActivity,
        queue: [BackendActivity.Queue],
        inFlight: [BackendActivity.InFlight],
        failures: [BackendActivity.Failure],
        labs: LabAddresses,
        reader: PageReader,
        now: Date
    ) {
        name = PageText.line(backend.name)
        base = "/backends/\(PageText.path(backend.name))"
        badge = Badge(backend.state, isConfigured: isConfigured)
        why = backend.reason.map { PageText.line($0, limit: 500) }
        (mayOperate, csrf) = (reader.mayOperate, reader.csrf)
        isPaused = backend.state == .paused
        isHindered = backend.state != .ok
        waitingWords = PageText.count(backend.waiting, "job waits", "jobs wait")
        inLabWords = PageText.count(backend.inLab, "job in the lab", "jobs in the lab")
        tiles = [
            Tile(backend.waiting, "jobs wait"), Tile(backend.inLab, "jobs in the lab"),
            Tile(activity.submittedInLastHour, "submitted in the last hour"),
            Tile(activity.endedInLastHour, "ended in the last hour"),
        ]
        facts = Self.facts(backend, now: now)
        errors = Self.errors(backend, failures, now: now)
        hasErrors = !errors.isEmpty
        self.queue = queue.map { entry in
            QueueRow(
                href: entry.jobset.path,
                build: entry.jobset.build,
                priority: entry.jobset.priority,
                waiting: PageText.number(entry.waiting),
                at: Moment(entry.since, now: now)
            )
        }
        hasQueue = !queue.isEmpty
        self.inFlight = inFlight.map { job in
            InFlightRow(
                number: job.number,
                url: labs.link(to: job.number, of: backend.name),
                href: "\(job.jobset.path)/jobs/\(job.position)",
                environment: PageText.line(job.environment),
                build: job.jobset.build,
                labState: PageText.line(job.labState ?? "not heard of yet", limit: 40),
                at: Moment(job.since, now: now),
                checked: Moment(job.checkedAt, now: now)
            )
        }
        hasInFlight = !inFlight.isEmpty
    }

    private static func facts(_ backend: BackendStatus, now: Date) -> [Fact] {
        let contact = backend.lastContactAt.map { Moment($0, now: now).ago } ?? "never"
        return [
            Fact("Last contact", contact),
            Fact("Events", backend.eventsSince.map { "followed since \(PageText.time($0))" } ?? "not followed; polled"),
            Fact("Failures in a row", PageText.number(backend.failures)),
            Fact("Next try", backend.probeAt.map { Moment($0, now: now).ago }),
            Fact("Paused", backend.pausedAt.map { Moment($0, now: now).ago }),
            Fact("Rejects Muster's token", backend.stoppedAt.map { "since \(PageText.time($0))" }),
        ].compactMap(\.self)
    }

    private static func errors(_ backend: BackendStatus, _ failures: [BackendActivity.Failure], now: Date)
        -> [TroubleRow]
    {
        var rows: [TroubleRow] = []
        if let error = backend.lastError {
            let isOver = (backend.lastContactAt ?? .distantPast) > (backend.lastErrorAt ?? .distantPast)
            rows.append(
                TroubleRow(
                    Badge(isOver ? .mute : .bad, isOver ? "over" : "now"),
                    "The lab",
                    href: nil,
                    error,
                    at: Moment(backend.lastErrorAt, now: now)
                )
            )
        }
        return rows
            + failures.map { failure in
                TroubleRow(
                    Badge(.warn, PageText.count(failure.tries, "try", "tries")),
                    "\(failure.jobset.build) job \(failure.position)",
                    href: "\(failure.jobset.path)/jobs/\(failure.position)",
                    failure.error,
                    at: nil
                )
            }
    }
}
