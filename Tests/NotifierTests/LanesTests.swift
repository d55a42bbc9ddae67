// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Testing

@testable import FleetStore
@testable import Notifier

@Suite("Lanes")
struct LanesTests {
    private let now = ContinuousClock.now

    private func claimed(_ url: String, startBefore: Duration = .seconds(10)) -> DeliveryLanes.Claimed {
        DeliveryLanes.Claimed(
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
                createdAt: .now,
                tries: 0,
                earlierTries: 0,
                receiver: url,
                jobsDelivered: 0
            ),
            startBefore: now + startBefore
        )
    }

    @Test("One receiver has half of what is open, however its URL ends or is spelled")
    func share() {
        var lanes = DeliveryLanes(concurrency: 4)
        let starts = ["http://slow/a", "http://SLOW/b?x", "http://slow?y", "http://slow#z"].map {
            lanes.start(claimed($0))
        }
        #expect(starts == [true, true, false, false])
        let quick = lanes.start(claimed("http://quick/"))
        #expect(quick)
        #expect(lanes.room == 1)
    }

    @Test("What waits is tried in the place of what is over, in its order")
    func succession() {
        var lanes = DeliveryLanes(concurrency: 2)
        let all = (0..<3).map { claimed("http://slow/\($0)") }
        let starts = all.map { lanes.start($0) }
        #expect(starts == [true, false, false])
        let successors = all.map { lanes.end($0, now: now)?.delivery.id }
        #expect(successors == [all[1].delivery.id, all[2].delivery.id, nil])
        #expect(lanes.openCount == 0)
        #expect(lanes.heldCount == 0)
    }

    @Test("What waited too long is let go")
    func tooLong() {
        var lanes = DeliveryLanes(concurrency: 2)
        let first = claimed("http://slow/")
        let late = claimed("http://slow/", startBefore: .seconds(-1))
        let fresh = claimed("http://slow/")
        let starts = [first, late, fresh].map { lanes.start($0) }
        #expect(starts == [true, false, false])
        let successors = [first, fresh].map { lanes.end($0, now: now)?.delivery.id }
        #expect(successors == [fresh.delivery.id, nil])
        #expect(lanes.heldCount == 0)
        #expect(lanes.room == 2)
    }

    @Test("Claiming stops when too many wait")
    func bound() {
        var lanes = DeliveryLanes(concurrency: 2)
        while lanes.room > 0, lanes.heldCount < 1_000 { _ = lanes.start(claimed("http://slow/")) }
        #expect(lanes.heldCount == 32)
    }
}
