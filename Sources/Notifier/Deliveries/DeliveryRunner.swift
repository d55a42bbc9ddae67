// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import Tracing

/// The loop that delivers: it claims deliveries that are due, tries them, and writes down how each try went.
///
/// The rows are the queue. A message only wakes the loop, which would find the row by itself within a poll interval;
/// any number of notifiers share the rows by claiming them for as long as a try can take.
final class DeliveryRunner: Service {
    /// How a runner works.
    struct Limits: Sendable {
        /// How many callbacks are open at once.
        var concurrency: Int
        /// How often the rows are looked at when nothing wakes the loop.
        var pollInterval: Duration
        /// The longest that one try takes.
        var tryLimit: Duration
        /// What the database takes besides.
        var margin: Duration

        /// How long a claim holds: a try, a wait as long as one, and what the database takes besides.
        var lease: Duration { tryLimit * 2 + margin }
        /// How often the claim of a try that takes longer is renewed.
        var renewal: Duration { lease / 3 }
        /// How old a claim may be for its try to begin.
        var startLimit: Duration { tryLimit + margin / 3 }
    }

    private let store: FleetStore
    private let maker: DeliveryMaker
    private let schedule: RetrySchedule
    private let limits: Limits
    private let receivers: ReceiverRecord
    private let logger: Logger
    private let counters: [DeliveryCounter]
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// How often the end of a try is written down before its claim is left to run out.
    private static let recordAttempts = 5

    /// A runner that is idle until ``run()``.
    init(
        store: FleetStore,
        maker: DeliveryMaker,
        schedule: RetrySchedule,
        limits: Limits,
        receiverFailing: Duration,
        logger: Logger
    ) {
        self.store = store
        self.maker = maker
        self.schedule = schedule
        self.limits = limits
        self.receivers = ReceiverRecord(
            store: store,
            failingFor: receiverFailing,
            mailer: maker.mailer,
            logger: logger
        )
        self.logger = logger
        self.counters = DeliveryCounter.all(concurrency: limits.concurrency)
        (wakes, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Has the rows looked at now.
    func wake() { waker.yield() }

    func run() async throws {
        let limit = limits.pollInterval * 2 + Liveness.turnLimit
        await Liveness.ofProcess.watching("deliveries", limit: limit) { await run($0) }
    }

    private func run(_ mark: TurnMark) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.wakeRegularly() }
            var isFailing = false
            for await _ in wakes.cancelOnGracefulShutdown() {
                do {
                    mark.turn()
                    for counter in counters {
                        while let claimed = try await claim(at: counter) {
                            for delivery in claimed { group.addTask { await self.deliver(delivery, at: counter) } }
                        }
                    }
                    if isFailing { logger.info("deliveries can be claimed again") }
                    isFailing = false
                } catch {
                    // The next wake tries again; what is said once need not be said every second.
                    if !isFailing { logger.warning("deliveries can't be claimed", [.error: "\(error)"]) }
                    isFailing = true
                }
            }
        }
    }

    private func wakeRegularly() async {
        wake()
        do {
            try await cancelWhenGracefulShutdown { [pollInterval = limits.pollInterval] in
                while !Task.isCancelled {
                    try await Task.sleep(for: pollInterval)
                    self.wake()
                }
            }
        } catch {
            // Cancelled: the loop ends as well.
        }
    }

    /// Deliveries to try now; `nil` when no more are due, or no more can be taken.
    private func claim(at counter: DeliveryCounter) async throws -> [ReceiverShares.Claimed]? {
        let (room, busy) = counter.room
        guard room > 0, !Task.isShuttingDownGracefully, !Task.isCancelled else { return nil }
        // By the time before the claim, so that ours never seems to hold longer than the row's.
        let startBefore = ContinuousClock.now + limits.startLimit
        var unreadable: [UnreadableDelivery] = []
        let due = try await store.claimDeliveries(counter.kinds, limit: room, lease: limits.lease, busy: busy) {
            unreadable.append($0)
        }
        for delivery in unreadable {
            logger.error(
                "a delivery can't be read, and is left for later",
                [.delivery: "\(delivery.id.text)", .error: "\(delivery.error)"]
            )
        }
        guard !due.isEmpty || !unreadable.isEmpty else { return nil }
        return counter.start(due.map { ReceiverShares.Claimed($0, startBefore: startBefore) })
    }

    /// Tries `first`, and then what waits for it to be over.
    private func deliver(_ first: ReceiverShares.Claimed, at counter: DeliveryCounter) async {
        var next: ReceiverShares.Claimed? = first
        while let claimed = next {
            await tryOnce(claimed.delivery)
            let successor = counter.end(claimed)
            // What is not begun any more comes again once its claim has run out.
            next = Task.isShuttingDownGracefully || Task.isCancelled ? nil : successor
        }
        wake()
    }

    private func tryOnce(_ delivery: DueDelivery) async {
        let parent = delivery.traceparent.flatMap(TraceParent.init)
        await withStep("deliver \(delivery.kind.rawValue)", below: parent, kind: .producer) { span in
            span.note(.jobset, delivery.jobsetID.text)
            span.note(.delivery, delivery.id.text)
            span.note(.kind, delivery.event.rawValue)
            await tryOnce(delivery, span)
        }
    }

    private func tryOnce(_ delivery: DueDelivery, _ span: any Span) async {
        faultPoint("notifier.before-try")
        let startedAt = Date()
        let start = ContinuousClock.now
        let result = await keepingClaim(of: delivery) { await self.maker.attempt(delivery) }
        let duration = ContinuousClock.now - start
        if let status = result.status { span.note(.status, status) }
        if let error = result.error { span.fail(error) }
        faultPoint("notifier.after-try-before-record")
        // A try that was broken off by our own stop says nothing about the receiver.
        guard !Task.isCancelled else { return }
        guard result.ending != .awaited else { return await putOff(delivery, result) }
        var generator = SystemRandomNumberGenerator()
        let next = schedule.next(
            after: result.ending,
            tries: delivery.tries - delivery.earlierTries + 1,
            using: &generator
        )
        let attempt = DeliveryTry(
            number: delivery.tries + 1,
            startedAt: startedAt,
            duration: duration,
            status: result.status,
            error: result.error,
            response: result.response
        )
        await record(attempt, of: delivery, next: next)
        observe(attempt, result.detail, of: delivery, next: next)
        await receivers.note(result, of: delivery)
    }

    /// Runs a try, however long it takes, and renews the claim of its delivery meanwhile: no other notifier begins it again.
    private func keepingClaim(
        of delivery: DueDelivery,
        _ attempt: @escaping @Sendable () async -> TryResult
    ) async -> TryResult {
        let renewal = Task {
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: limits.renewal)
                    try await store.keepPlace(jobs: 0, of: delivery.id, lease: limits.lease)
                } catch {
                    // Cancelled, or the database is away: then another may begin it again, which does no harm.
                    continue
                }
            }
        }
        let result = await attempt()
        renewal.cancel()
        // What is written down of the try comes after what was written of its claim.
        await renewal.value
        return result
    }

    /// What it waits for is on its way; if this can't be written down, its claim runs out.
    private func putOff(_ delivery: DueDelivery, _ result: TryResult) async {
        do {
            try await store.putOff(delivery.id, for: RetrySchedule.awaitedPause, because: result.error ?? "")
        } catch {
            logger.warning(
                "a delivery can't be put off",
                [.delivery: "\(delivery.id)", .error: "\(error)"]
            )
        }
    }

    private func record(_ attempt: DeliveryTry, of delivery: DueDelivery, next: DeliveryNext) async {
        let backoff = Backoff(first: .milliseconds(200), maximum: .seconds(3))
        for number in 1...Self.recordAttempts {
            do {
                return try await store.recordTry(attempt, of: delivery, next: next)
            } catch {
                // The claim runs out and the delivery is repeated, under the same id.
                logger.warning(
                    "a delivery's try can't be written down",
                    [.delivery: "\(delivery.id)", .error: "\(error)"]
                )
                guard number < Self.recordAttempts else { return }
                do { try await Task.sleep(for: backoff.pause(afterAttempt: number)) } catch { return }
            }
        }
    }

    private func observe(_ attempt: DeliveryTry, _ detail: String?, of delivery: DueDelivery, next: DeliveryNext) {
        let outcome =
            switch next {
            case .delivered: "delivered"
            case .retry: "retried"
            case .failed: "failed"
            }
        let kind = delivery.kind.rawValue
        FleetMetric.deliveries.increment([.kind: kind, .outcome: outcome])
        FleetMetric.deliveryTime.record(.milliseconds(attempt.milliseconds), [.kind: kind])
        var facts: LogFacts = [
            .delivery: "\(delivery.id.text)", .kind: "\(kind)",
            .tries: "\(attempt.number)", .jobset: "\(delivery.jobsetID.text)",
        ]
        if let status = attempt.status { facts[.status] = "\(status)" }
        if let error = attempt.error { facts[.error] = "\(error)" }
        if let detail { facts[.detail] = "\(detail)" }
        switch next {
        case .delivered: logger.info("delivered", facts)
        case .retry(let pause):
            facts[.pause] = "\(pause)"
            logger.warning("delivery not taken, to be tried again", facts)
        case .failed: logger.error("delivery given up", facts)
        }
    }
}

/// The places for deliveries of some kinds. Each counter has places of its own, so that what takes long, a report or a push,
/// never takes the place of a callback.
final class DeliveryCounter: Sendable {
    /// What is delivered here.
    let kinds: [DeliveryKind]
    private let shares: Mutex<ReceiverShares>

    private init(_ kinds: [DeliveryKind], _ shares: ReceiverShares) {
        self.kinds = kinds
        self.shares = Mutex(shares)
    }

    /// All counters of one notifier, in the order in which they are served.
    ///
    /// - Parameter concurrency: How many callbacks are open at once; half as many to webhooks, half as many mails and pushes, and an eighth as many
    ///   reports, each of which may take a database connection and some memory for minutes.
    static func all(concurrency: Int) -> [DeliveryCounter] {
        let reports = max(1, concurrency / 8)
        return [
            DeliveryCounter([.callback], ReceiverShares(concurrency: concurrency)),
            DeliveryCounter([.webhook], ReceiverShares(concurrency: concurrency / 2)),
            DeliveryCounter([.mail, .warning, .digest, .squad, .kcidb], ReceiverShares(concurrency: concurrency / 2)),
            DeliveryCounter([.report], ReceiverShares(concurrency: reports, share: reports)),
        ]
    }

    /// How many more may be claimed, and the receivers for which nothing more is.
    var room: (places: Int, busy: [String]) { shares.withLock { ($0.room, $0.busy) } }

    /// Takes in what was claimed; what is returned is to be tried now.
    func start(_ claimed: [ReceiverShares.Claimed]) -> [ReceiverShares.Claimed] {
        shares.withLock { shares in claimed.filter { shares.start($0) } }
    }

    /// Notes that a delivery is over; what is returned is to be tried in its place.
    func end(_ claimed: ReceiverShares.Claimed) -> ReceiverShares.Claimed? {
        shares.withLock { $0.end(claimed, now: .now) }
    }
}
