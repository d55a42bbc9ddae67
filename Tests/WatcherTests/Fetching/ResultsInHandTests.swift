// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Watcher

@Suite("How much of results is held")
struct ResultsInHandTests {
    @Test("No more than may be, over all labs, and half of it for one")
    func limits() throws {
        let all = ResultsInHand(maximum: 100, labs: 3)
        let first = all.share(of: "a")
        try first.take(40)
        #expect(throws: ResultsInHand.NoRoom.self) { try first.take(11) }
        try all.share(of: "a").take(10)
        let second = all.share(of: "b")
        try second.take(50)
        let third = all.share(of: "c")
        #expect(throws: ResultsInHand.NoRoom.self) { try third.take(11) }
        second.give(20)
        try third.take(11)
        #expect(all.total == 81)
        withExtendedLifetime((first, second, third)) {}
    }

    @Test("What a fetch held is free when the fetch is over, however it ended")
    func givenBack() throws {
        let all = ResultsInHand(maximum: 100, labs: 1)
        for _ in 0..<10 {
            let share = all.share(of: "a")
            try share.take(60)
            #expect(throws: ResultsInHand.NoRoom.self) { try share.take(41) }
            try share.take(40)
            share.give(10)
        }
        #expect(all.total == 0)
    }
}
