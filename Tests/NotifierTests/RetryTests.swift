// SPDX-License-Identifier: Apache-2.0

import Callbacks
import FleetStore
import Foundation
import Testing

@testable import Notifier

@Suite("Retries")
struct RetryTests {
    private let schedule = RetrySchedule(
        pauses: [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000].map { .seconds($0) },
        jitter: 0
    )

    private func next(_ ending: TryEnding, _ tries: Int) -> DeliveryNext {
        var generator = SystemRandomNumberGenerator()
        return schedule.next(after: ending, tries: tries, using: &generator)
    }

    @Test("The schedule is kept, and then it is over")
    func pauses() {
        let ending = TryEnding.notTaken(isBusy: false, retryAfter: nil)
        #expect(next(ending, 1) == .retry(after: .seconds(5)))
        #expect(next(ending, 2) == .retry(after: .seconds(300)))
        #expect(next(ending, 7) == .retry(after: .seconds(36_000)))
        #expect(next(ending, 8) == .failed)
        #expect(next(ending, .max) == .failed)
    }

    @Test("What was taken is done; who is gone is left alone")
    func ends() {
        #expect(next(.taken, 1) == .delivered)
        #expect(next(.gone, 1) == .failed)
    }

    @Test("A fault of ours never gives a delivery up")
    func unbuilt() {
        #expect(next(.unbuilt, 1) == .retry(after: .seconds(5)))
        #expect(next(.unbuilt, 1_000) == .retry(after: .seconds(36_000)))
    }

    @Test("A busy receiver gets a minute, unless all pauses are shorter")
    func busy() {
        #expect(next(.notTaken(isBusy: true, retryAfter: nil), 1) == .retry(after: .seconds(60)))
        #expect(next(.notTaken(isBusy: true, retryAfter: nil), 2) == .retry(after: .seconds(300)))
        let short = RetrySchedule(pauses: [.seconds(1), .seconds(2)], jitter: 0)
        var generator = SystemRandomNumberGenerator()
        let ending = TryEnding.notTaken(isBusy: true, retryAfter: nil)
        #expect(short.next(after: ending, tries: 1, using: &generator) == .retry(after: .seconds(2)))
    }

    @Test("Retry-After counts from once to twice the pause", arguments: [(1, 300), (450, 450), (9_999, 600)])
    func retryAfter(_ asked: Int, _ expected: Int) {
        let ending = TryEnding.notTaken(isBusy: false, retryAfter: .seconds(asked))
        #expect(next(ending, 2) == .retry(after: .seconds(expected)))
    }

    @Test("Jitter lengthens a pause by at most its part, and nothing is longer than a day")
    func jitter() {
        let schedule = RetrySchedule(pauses: [.seconds(10), .seconds(30 * 86_400)], jitter: 0.2)
        let ending = TryEnding.notTaken(isBusy: false, retryAfter: nil)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            guard case .retry(let pause) = schedule.next(after: ending, tries: 1, using: &generator) else {
                Issue.record("a retry was expected")
                return
            }
            #expect(pause >= .seconds(10) && pause <= .seconds(12))
        }
        #expect(schedule.next(after: ending, tries: 2, using: &generator) == .retry(after: .seconds(86_400)))
    }
}
