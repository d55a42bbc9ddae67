// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Publishes the events that the transactions of the fleet have noted, and then forgets them: at least once, and those of
/// one jobset in their order.
///
/// Every notifier has a relay; the one that holds the lease works. The events of one jobset are published one after the
/// other, each when the broker has confirmed the one before. What comes after one that failed waits for the next turn.
struct EventRelay: Service {
    let store: FleetStore
    let publisher: EventPublisher
    let settings: FleetConfiguration.Events
    /// Which fleet they come from.
    let source: String
    let publicURL: String?
    let logger: Logger
    private let holder = UUID()

    /// How many events are read at once.
    static let batch = 500
    /// How many jobsets are published at once.
    private static let jobsetsAtOnce = 16
    /// How long one turn may begin publications.
    private static let turnTime: Duration = .seconds(20)
    /// How often the backlog is looked at.
    private static let lookInterval: Duration = .seconds(10)

    init(_ parts: FleetParts) {
        store = parts.store
        publisher = EventPublisher(configuration: parts.broker, topology: parts.topology, logger: parts.logger)
        settings = parts.configuration.events
        publicURL = parts.configuration.gateway.publicURL
        source = publicURL ?? "/\(parts.topology.prefix)"
        logger = parts.logger
    }

    /// What runs, in the order of dependency.
    var services: [any Service] { [publisher, self] }

    /// A publication that begins within a turn's time has ended when the lease has.
    private var lease: Duration { Self.turnTime + publisher.timeLimit * 2 + .seconds(10) }

    func run() async throws {
        let backlog = BacklogWatch()
        await repeatUntilShutdown(every: settings.pollInterval, logger: logger, "the relay of events") {
            let end = ContinuousClock.now + Self.turnTime
            guard try await store.holdLease(.events, holder: holder, for: lease) else { return backlog.forget() }
            if backlog.isDue(after: Self.lookInterval) { try await lookAtBacklog() }
            while !Task.isShuttingDownGracefully, ContinuousClock.now < end,
                try await publishBatch(until: end) == Self.batch
            {}
        }
        backlog.forget()
        // Not in this task, which may be cancelled: another relay need not wait for the lease's end.
        await Task { try? await store.releaseLease(.events, holder: holder) }.value
    }

    private func lookAtBacklog() async throws {
        let found = try await store.eventBacklog()
        FleetMetric.eventBacklog.set(found.count)
        FleetMetric.eventBacklogOldest.set(Int(found.oldestSeconds))
        guard found.count > settings.maximumBacklog else { return }
        let dropped = try await store.dropEvents(beyond: settings.maximumBacklog)
        FleetMetric.eventsDropped.increment(by: dropped)
        logger.error(
            "more events wait than may; the oldest are dropped",
            [.count: "\(dropped)", .limit: "\(settings.maximumBacklog)"]
        )
    }

    /// - Returns: how many events it was about.
    func publishBatch(until end: ContinuousClock.Instant) async throws -> Int {
        let events = try await store.unpublishedEvents(limit: Self.batch)
        let chains = Dictionary(grouping: events, by: \.jobsetID).values.sorted { $0[0].id < $1[0].id }
        var done: [Int] = []
        var failure: (any Error)?
        await withTaskGroup(of: ([Int], (any Error)?).self) { group in
            for (index, chain) in chains.enumerated() {
                if index >= Self.jobsetsAtOnce, let (ids, error) = await group.next() {
                    done += ids
                    failure = failure ?? error
                }
                group.addTask { await publish(chain, until: end) }
            }
            for await (ids, error) in group {
                done += ids
                failure = failure ?? error
            }
        }
        faultPoint("notifier.events-published")
        try await store.removeEvents(done)
        if let failure { throw failure }
        return done.count
    }

    /// Publishes the events of one jobset, up to the first that the broker does not confirm.
    ///
    /// - Returns: those that can be forgotten.
    private func publish(
        _ events: [UnpublishedEvent],
        until end: ContinuousClock.Instant
    ) async -> (done: [Int], failure: (any Error)?) {
        var done: [Int] = []
        for event in events where ContinuousClock.now < end {
            do {
                // Of a jobset that somebody has deleted there is nothing to tell.
                if let build = event.build {
                    let cloudEvent = CloudEvent(event: event, build: build, source: source, publicURL: publicURL)
                    try await publisher.publish(try cloudEvent.message())
                    FleetMetric.eventsPublished.increment([.what: event.type.rawValue])
                }
            } catch {
                return (done, error)
            }
            done.append(event.id)
        }
        return (done, nil)
    }
}

/// When the backlog was last looked at. Only the relay that works tells of it.
private final class BacklogWatch: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    func isDue(after interval: Duration) -> Bool {
        last.withLock { last in
            if let last, .now - last < interval { return false }
            last = .now
            return true
        }
    }

    func forget() {
        last.withLock { $0 = nil }
        FleetMetric.eventBacklog.forget()
        FleetMetric.eventBacklogOldest.forget()
    }
}
