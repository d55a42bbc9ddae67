// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Testing

@testable import FleetStore
@testable import Notifier

@Suite("Lanes")
struct ReceiverSharesTests {
    private let now = ContinuousClock.now

    private func claimed(_ url: String, startBefore: Duration = .seconds(10)) -> ReceiverShares.Claimed {
        ReceiverShares.Claimed(
            DueDelivery(
                id: UUID(),
                jobsetID: UUID(),
                generation: 1,
                event: .finished,
                data: nil,
                body: nil,
                kind: .callback,
                callback: CallbackRequest(url: url),
                report: nil,
                mailOrder: nil,
                createdAt: .now,
                tries: 0,
                earlierTries: 0,
                receiver: url,
                jobsDelivered: 0,
                webhook: nil,
                hasEnded: false,
                isOutdated: false
            ),
            startBefore: now + startBefore
        )
    }

    @Test("One receiver has half of what is open, however its URL ends or is spelled")
    func share() {
        var shares = ReceiverShares(concurrency: 4)
        let starts = ["http://slow/a", "http://SLOW/b?x", "http://slow?y", "http://slow#z"].map {
            shares.start(claimed($0))
        }
        #expect(starts == [true, true, false, false])
        let quick = shares.start(claimed("http://quick/"))
        #expect(quick)
        #expect(shares.room == 1)
    }

    @Test("What waits is tried in the place of what is over, in its order")
    func succession() {
        var shares = ReceiverShares(concurrency: 2)
        let all = (0..<3).map { claimed("http://slow/\($0)") }
        let starts = all.map { shares.start($0) }
        #expect(starts == [true, false, false])
        let successors = all.map { shares.end($0, now: now)?.delivery.id }
        #expect(successors == [all[1].delivery.id, all[2].delivery.id, nil])
        #expect(shares.openCount == 0)
        #expect(shares.heldCount == 0)
    }

    @Test("What waited too long is let go")
    func tooLong() {
        var shares = ReceiverShares(concurrency: 2)
        let first = claimed("http://slow/")
        let late = claimed("http://slow/", startBefore: .seconds(-1))
        let fresh = claimed("http://slow/")
        let starts = [first, late, fresh].map { shares.start($0) }
        #expect(starts == [true, false, false])
        let successors = [first, fresh].map { shares.end($0, now: now)?.delivery.id }
        #expect(successors == [fresh.delivery.id, nil])
        #expect(shares.heldCount == 0)
        #expect(shares.room == 2)
    }

    @Test("Claiming stops when too many wait")
    func bound() {
        var shares = ReceiverShares(concurrency: 2)
        while shares.room > 0, shares.heldCount < 1_000 { _ = shares.start(claimed("http://slow/")) }
        #expect(shares.heldCount == 32)
    }
}
