// SPDX-License-Identifier: Apache-2.0

import FleetRuntime
import Testing

@Suite("Backoff")
struct BackoffTests {
    /// Gives the same number for ever.
    struct Constant: RandomNumberGenerator {
        let value: UInt64
        func next() -> UInt64 { value }
    }

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
        for value: UInt64 in [0, .max / 3, .max / 2, .max] {
            var generator = Constant(value: value)
            let pause = backoff.pause(afterAttempt: 1, using: &generator)
            #expect(pause >= .seconds(5) && pause <= .seconds(10))
        }
    }

    @Test("A first pause beyond the maximum is cut, and none at all stays none")
    func edges() {
        #expect(Backoff(first: .seconds(9), maximum: .seconds(3), jitter: 0).pause(afterAttempt: 1) == .seconds(3))
        #expect(Backoff(first: .zero, maximum: .seconds(3)).pause(afterAttempt: 50) == .zero)
    }
}
