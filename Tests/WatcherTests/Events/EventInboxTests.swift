// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Labs
import Testing

@testable import Watcher

@Suite("Where events wait")
struct EventInboxTests {
    let inbox = EventInbox()

    @Test("Ends are taken once, in the order they came, twice if they came twice")
    func inOrder() {
        for number in [3, 1, 3] { #expect(inbox.add(end: hint(number))) }
        #expect(inbox.takeEnds().map(\.number) == [3, 1, 3])
        #expect(inbox.takeEnds().isEmpty)
    }

    @Test("Of a job's changes only the last is kept, and none once it has ended")
    func changes() {
        inbox.add(change: hint(1, "Scheduled"))
        inbox.add(change: hint(1, "Running"))
        inbox.add(change: hint(2, "Running"))
        #expect(inbox.add(end: hint(2)))
        #expect(inbox.takeChanges(limit: 10) == [hint(1, "Running")])
        #expect(inbox.takeChanges(limit: 10).isEmpty)
    }

    @Test("No more changes are taken than are asked for, and the others stay")
    func limit() {
        for number in 1...5 { inbox.add(change: hint(number, "Running")) }
        let first = inbox.takeChanges(limit: 3)
        let others = inbox.takeChanges(limit: 3)
        #expect(first.count == 3)
        #expect((first + others).map(\.number).sorted() == [1, 2, 3, 4, 5])
    }

    @Test("An end too many is refused, so that a poll is made")
    func tooManyEnds() {
        for number in 1...EventInbox.capacity { _ = inbox.add(end: hint(number)) }
        #expect(!inbox.add(end: hint(0)))
        #expect(inbox.takeEnds().count == EventInbox.capacity)
        #expect(inbox.add(end: hint(0)))
    }

    @Test("A change too many is dropped, but not the next one of a job that is there")
    func tooManyChanges() {
        for number in 1...EventInbox.capacity { inbox.add(change: hint(number, "Scheduled")) }
        inbox.add(change: hint(0, "Running"))
        inbox.add(change: hint(1, "Running"))
        let changes = inbox.takeChanges(limit: .max)
        #expect(changes.count == EventInbox.capacity)
        #expect(changes.filter { $0.labState == "Running" } == [hint(1, "Running")])
    }

    @Test("An end wakes whoever writes it down")
    func wakes() async {
        #expect(inbox.add(end: hint(1)))
        await expectEnd { [inbox] in await inbox.wake.sleep(until: .now + .seconds(3_600)) }
    }
}

@Suite("Labs without events")
struct AbsentEventsTests {
    @Test(
        "A lab that has no event stream, or does not let us see it, is left alone with it for longer",
        arguments: [
            (LabError.Kind.notFound, true), (.unauthorized, true), (.throttled(retryAfter: nil), false),
            (.refused(message: "no"), false), (.cancelled, false),
        ]
    )
    func absent(_ kind: LabError.Kind, _ isAbsent: Bool) {
        #expect(EventFollower.isAbsent(LabError(kind, isInDoubt: false, "")) == isAbsent)
    }

    @Test("What is no word of the lab's says nothing of its events")
    func notTheLab() {
        #expect(!EventFollower.isAbsent(CancellationError()))
    }
}
