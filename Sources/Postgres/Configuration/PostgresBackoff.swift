// SPDX-License-Identifier: Apache-2.0

/// Pauses between attempts: doubling from `first` to `maximum`, each drawn at random between half of that and all of it.
public struct PostgresBackoff: Sendable, Hashable {
    /// The longest first pause.
    public var first: Duration
    /// The longest pause of all.
    public var maximum: Duration

    /// Pauses from `first` to `maximum`.
    public init(first: Duration, maximum: Duration) {
        self.first = first
        self.maximum = maximum
    }

    /// The pause after so many failures, the first being 1.
    func pause(afterFailure count: Int) -> Duration {
        var longest = first
        for _ in 1..<max(count, 1) {
            if longest >= maximum { break }
            longest *= 2
        }
        return min(longest, maximum) * Double.random(in: 0.5...1)
    }
}
