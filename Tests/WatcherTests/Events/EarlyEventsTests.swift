// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Testing

@testable import Watcher

@Suite("Events that come before the number they belong to")
final class EarlyEventsTests {
    static let moment = Duration.milliseconds(1)

    let start = ContinuousClock.now
    var early = EarlyEvents()

    /// One round: `fresh` have come, and `ours` turned out to be ours.
    private func round(_ fresh: [LabJobObservation], ours: Set<Int> = [], at age: Duration = .zero) -> [Int] {
        let again = early.takeDue(now: start + age)
        early.settle(ours: ours, fresh: fresh, now: start + age)
        return again.map(\.number)
    }

    @Test("Nothing is due while there is nothing")
    func nothing() {
        #expect(early.nextDue == nil)
        #expect(round([], at: .seconds(100)).isEmpty)
    }

    @Test("One is looked up again at each of its pauses, not before, and dropped after the last")
    func pauses() {
        #expect(round([hint(7)]).isEmpty)
        for age in EarlyEvents.ages {
            #expect(early.nextDue == start + age)
            #expect(round([], at: age - Self.moment).isEmpty)
            #expect(round([], at: age) == [7])
        }
        #expect(early.nextDue == nil)
        #expect(round([], at: .seconds(3_600)).isEmpty)
    }

    @Test("One that turns out to be ours is not looked up again, and the others are")
    func found() {
        _ = round([hint(7), hint(8), hint(9)])
        #expect(round([], ours: [8], at: EarlyEvents.ages[0]) == [7, 8, 9])
        #expect(round([], at: EarlyEvents.ages[1]) == [7, 9])
    }

    @Test("One that is ours at once is not kept")
    func foundAtOnce() {
        _ = round([hint(7), hint(8)], ours: [7])
        #expect(round([], at: EarlyEvents.ages[0]) == [8])
    }

    @Test("What comes later is looked up later")
    func later() {
        _ = round([hint(7)])
        #expect(round([hint(8)], at: EarlyEvents.ages[0]) == [7])
        #expect(early.nextDue == start + EarlyEvents.ages[0] * 2)
        #expect(round([], at: EarlyEvents.ages[0] * 2) == [8])
        #expect(round([], at: EarlyEvents.ages[1]) == [7])
    }

    @Test("Pauses that have passed while nobody looked are made up for by one look")
    func lateLook() {
        _ = round([hint(7)])
        #expect(round([], at: EarlyEvents.ages[3]) == [7])
        #expect(early.nextDue == start + EarlyEvents.ages[4])
        _ = round([hint(8)])
        #expect(round([], at: .seconds(3_600)) == [7, 8])
        #expect(early.nextDue == nil)
    }

    @Test("There is room for a limited number, the youngest")
    func bounded() {
        _ = round((1...EarlyEvents.capacity).map { hint($0) })
        _ = round([hint(0)])
        let due = round([], at: EarlyEvents.ages[0])
        #expect(due.count == EarlyEvents.capacity)
        #expect(due.first == 2)
        #expect(due.last == 0)
    }

    @Test("What is ours at once takes nobody's room")
    func roomIsForTheUnknown() {
        _ = round([hint(7)])
        let crowd = 1_000...(1_000 + EarlyEvents.capacity)
        _ = round(crowd.map { hint($0) }, ours: Set(crowd))
        #expect(round([], at: EarlyEvents.ages[0]) == [7])
    }
}
