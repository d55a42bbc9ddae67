// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

/// Which claimed deliveries are tried now, and which wait for an earlier one to the same receiver.
///
/// At most half of what one notifier has open goes to one receiver, so a receiver that hangs holds up nobody else.
/// What is beyond its share is held in memory; the row stays the queue, and what is held too long is simply let go:
/// its lease runs out and it is claimed again.
struct ReceiverShares {
    /// A delivery and when its claim is too old for another try to begin.
    struct Claimed: Sendable {
        let delivery: DueDelivery
        let startBefore: ContinuousClock.Instant
        let receiver: String

        init(_ delivery: DueDelivery, startBefore: ContinuousClock.Instant) {
            self.delivery = delivery
            self.startBefore = startBefore
            self.receiver = Self.receiver(of: delivery)
        }

        /// Host and port of a callback or a SQUAD; the archive for a report, and the one mail server for every mail.
        private static func receiver(of delivery: DueDelivery) -> String {
            guard delivery.kind != .report else { return "archive" }
            guard ![.mail, .warning].contains(delivery.kind) else { return "mail" }
            let parts = delivery.receiver.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count > 2 else { return delivery.receiver }
            return parts[2].prefix { $0 != "?" && $0 != "#" }.lowercased()
        }
    }

    private let concurrency: Int
    private let share: Int
    private let maximumHeld: Int
    private var open: [String: Int] = [:]
    private var held: [String: [Claimed]] = [:]
    private(set) var openCount = 0
    private(set) var heldCount = 0

    /// Shares of `concurrency` deliveries at once, of which one receiver has `share` at most: half, unless said.
    init(concurrency: Int, share: Int? = nil) {
        self.concurrency = max(1, concurrency)
        self.share = max(1, share ?? concurrency / 2)
        self.maximumHeld = max(1, concurrency) * 16
    }

    /// How many more may be claimed.
    var room: Int { heldCount < maximumHeld ? max(0, concurrency - openCount) : 0 }

    /// The receivers that have their share: nothing more is claimed for them.
    var busy: [String] { open.filter { $0.value >= share && $0.key != "archive" }.map(\.key) }

    /// Takes in a claimed delivery; `true` when it is to be tried now.
    mutating func start(_ claimed: Claimed) -> Bool {
        guard open[claimed.receiver, default: 0] < share else {
            held[claimed.receiver, default: []].append(claimed)
            heldCount += 1
            return false
        }
        open[claimed.receiver, default: 0] += 1
        openCount += 1
        return true
    }

    /// Notes that a delivery is over; what is returned is to be tried in its place.
    mutating func end(_ claimed: Claimed, now: ContinuousClock.Instant) -> Claimed? {
        let receiver = claimed.receiver
        var waiting = held[receiver, default: []][...]
        let next = waiting.firstIndex { $0.startBefore > now }
        let passed = next.map { $0 + 1 } ?? waiting.endIndex
        let successor = next.map { waiting[$0] }
        waiting = waiting[passed...]
        heldCount -= passed
        held[receiver] = waiting.isEmpty ? nil : Array(waiting)
        guard let successor else {
            openCount -= 1
            let left = open[receiver, default: 1] - 1
            open[receiver] = left > 0 ? left : nil
            return nil
        }
        return successor
    }
}
