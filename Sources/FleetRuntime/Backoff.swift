// SPDX-License-Identifier: Apache-2.0

/// Pauses between attempts that grow up to a limit, each shortened by a random part so that workers don't march in step.
package struct Backoff: Sendable, Hashable {
    /// The first pause, before jitter.
    package var first: Duration
    /// The longest pause.
    package var maximum: Duration
    /// What each pause is multiplied by to make the next one.
    package var factor: Double
    /// How much of a pause is left to chance, from 0 to 1: with 0.2 a pause of 10 s lasts 8 to 10 s.
    package var jitter: Double

    /// Pauses from `first` to `maximum`.
    ///
    /// - Precondition: `first` and `maximum` are not negative, `factor` is at least 1, `jitter` from 0 to 1.
    package init(first: Duration, maximum: Duration, factor: Double = 2, jitter: Double = 0.2) {
        precondition(first >= .zero && maximum >= .zero, "a pause can't be negative")
        precondition(factor >= 1 && factor.isFinite, "pauses don't shrink")
        precondition((0...1).contains(jitter), "jitter is a part of a pause")
        self.first = first
        self.maximum = maximum
        self.factor = factor
        self.jitter = jitter
    }

    /// The pause after the `attempt`-th failure, counted from 1; anything less counts as 1.
    package func pause(afterAttempt attempt: Int) -> Duration {
        var generator = SystemRandomNumberGenerator()
        return pause(afterAttempt: attempt, using: &generator)
    }

    /// The pause after the `attempt`-th failure, its random part from `generator`.
    package func pause(afterAttempt attempt: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        var seconds = first / .seconds(1)
        let limit = maximum / .seconds(1)
        // Step by step, and no further than needed: a power of a large attempt number would overflow.
        for _ in 1..<max(2, min(attempt, 1_024)) where attempt > 1 && seconds < limit { seconds *= factor }
        seconds = min(seconds, limit)
        return .seconds(seconds * (1 - jitter * Double.random(in: 0...1, using: &generator)))
    }
}
