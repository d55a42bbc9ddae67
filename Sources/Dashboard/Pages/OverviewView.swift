// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetStore
package import Foundation

/// What runs, what has become of it, and what is stuck.
package struct OverviewView: PageContent {
    package static let template = "overview"
    package var title: String { "Overview" }
    /// The first.
    package var place: PagePlace? { .overview }
    /// Often enough to be looked at all day.
    package var refresh: Int? { 10 }
    /// How much of everything.
    package let news: String

    /// How many finished jobsets are shown.
    package static let recentLimit = 20

    let tiles: [Tile]
    let troubles: [TroubleRow]
    let hasTroubles: Bool
    let running: SummaryTable
    let moreRunning: String?
    let recent: SummaryTable
    let mayBulk: Bool
    let backends: [BackendRow]
    let hasBackends: Bool

    /// - Parameters:
    ///   - running: Jobsets that run, one more than `limit` if there are more.
    ///   - recent: The latest that have finished.
    ///   - backends: The labs.
    ///   - deliveries: Deliveries that were given up or fail.
    ///   - limit: How many that run are shown.
    ///   - now: The time.
    package init(
        running: [JobsetSummary],
        recent: [JobsetSummary],
        backends: [BackendStatus],
        configured: Set<String>,
        deliveries: [DeliveryTrouble],
        limit: Int,
        reader: PageReader,
        now: Date
    ) {
        mayBulk = reader.mayBulk
        let shown = Array(running.prefix(limit))
        let waiting = backends.reduce(0) { $0 + $1.waiting }
        let inLab = backends.reduce(0) { $0 + $1.inLab }
        let lately = recent.filter { ($0.finishedAt ?? .distantPast) > now.addingTimeInterval(-86_400) }.count
        troubles = Trouble.all(running: shown, backends: backends, deliveries: deliveries, now: now)
        hasTroubles = !troubles.isEmpty
        self.running = SummaryTable(shown, label: "Running jobsets", now: now)
        moreRunning = running.count > limit ? "The latest \(limit); more are running." : nil
        self.recent = SummaryTable(recent, label: "Recent verdicts", byEnd: true, now: now)
        self.backends = backends.map { BackendRow($0, isConfigured: configured.contains($0.name), now: now) }
        hasBackends = !backends.isEmpty
        tiles = [
            Tile(shown.count, running.count > limit ? "or more jobsets running" : "jobsets running"),
            Tile(waiting, "jobs waiting"),
            Tile(inLab, "jobs in labs"),
            Tile(lately, lately == Self.recentLimit ? "or more finished in 24 h" : "finished in 24 h"),
        ]
        news =
            "\(PageText.count(shown.count, "jobset")) running, \(PageText.count(waiting, "job")) waiting, "
            + "\(PageText.number(inLab)) in labs, \(PageText.count(troubles.count, "thing")) to look at"
    }
}

/// What is stuck, and why.
enum Trouble {
    /// A jobset to which nothing was added for so long is told of while it is open, in seconds.
    static let openTooLong = 3_600.0

    static func all(
        running: [JobsetSummary],
        backends: [BackendStatus],
        deliveries: [DeliveryTrouble],
        now: Date
    ) -> [TroubleRow] {
        backends.compactMap { of($0, now: now) } + running.compactMap { of($0, now: now) }
            + deliveries.map { of($0, now: now) }
    }

    static func of(_ backend: BackendStatus, now: Date) -> TroubleRow? {
        guard backend.state != .ok else { return nil }
        let waiting = "\(PageText.count(backend.waiting, "job")) \(backend.waiting == 1 ? "waits" : "wait")"
        return TroubleRow(
            Badge(backend.state, isConfigured: true),
            backend.name,
            href: "/backends/\(PageText.path(backend.name))",
            [waiting, backend.reason].compactMap(\.self).joined(separator: "; "),
            at: Moment(backend.since ?? backend.lastErrorAt, now: now)
        )
    }

    static func of(_ jobset: JobsetSummary, now: Date) -> TroubleRow? {
        let at = Moment(jobset.createdAt, now: now)
        if let deadline = jobset.deadline, deadline < now {
            let words = "past its deadline, \(PageText.count(jobset.pending, "job")) outstanding"
            return TroubleRow(
                Badge(.warn, "late"),
                jobset.build,
                href: jobset.path,
                words,
                at: Moment(deadline, now: now)
            )
        }
        if jobset.canceledAt != nil {
            let words = "being canceled; \(PageText.count(jobset.pending, "job")) still to end"
            return TroubleRow(Badge(.mute, "ending"), jobset.build, href: jobset.path, words, at: at)
        }
        if !jobset.isSealed, now.timeIntervalSince(jobset.createdAt) > openTooLong {
            let words = "still open: it can't finish before it is sealed"
            return TroubleRow(Badge(.warn, "open"), jobset.build, href: jobset.path, words, at: at)
        }
        return nil
    }

    static func of(_ trouble: DeliveryTrouble, now: Date) -> TroubleRow {
        let delivery = trouble.delivery
        return TroubleRow(
            Badge(delivery: delivery.state, tries: delivery.tries),
            trouble.jobset.build,
            href: trouble.jobset.path + "#deliveries",
            "\(delivery.label) to \(delivery.receiver.masked) after \(PageText.count(delivery.tries, "try", "tries"))"
                + (delivery.lastError.map { ": \($0)" } ?? ""),
            at: Moment(trouble.createdAt, now: now)
        )
    }
}
