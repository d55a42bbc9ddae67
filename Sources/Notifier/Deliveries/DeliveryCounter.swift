// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Synchronization

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
