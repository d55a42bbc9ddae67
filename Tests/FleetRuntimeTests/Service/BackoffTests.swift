// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import TestSupport
import Testing

@Suite("Backoff")
struct BackoffTests {
    @Test(
        "Pauses double up to their maximum",
        arguments: [(-1, 1.0), (0, 1), (1, 1), (2, 2), (4, 8), (6, 30), (1_000, 30), (Int.max, 30)] as [(Int, Double)]
    )
    func growth(_ attempt: Int, _ seconds: Double) {
        let backoff = Backoff(first: .seconds(1), maximum: .seconds(30), jitter: 0)
        #expect(backoff.pause(afterAttempt: attempt) == .seconds(seconds))
    }

    @Test("Jitter only shortens, and by no more than its part")
    func jitter() {
        let backoff = Backoff(first: .seconds(10), maximum: .seconds(60), jitter: 0.5)
        var pauses: Set<Duration> = []
        for seed: UInt64 in 0..<100 {
            var generator = SplitMix64(seed: seed)
            let pause = backoff.pause(afterAttempt: 1, using: &generator)
            #expect(pause >= .seconds(5) && pause <= .seconds(10))
            var again = SplitMix64(seed: seed)
            #expect(backoff.pause(afterAttempt: 1, using: &again) == pause)
            pauses.insert(pause)
        }
        #expect(pauses.count > 50)
    }

    @Test("A first pause beyond the maximum is cut, and none at all stays none")
    func edges() {
        #expect(Backoff(first: .seconds(9), maximum: .seconds(3), jitter: 0).pause(afterAttempt: 1) == .seconds(3))
        #expect(Backoff(first: .zero, maximum: .seconds(3)).pause(afterAttempt: 50) == .zero)
    }
}
