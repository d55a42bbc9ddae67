// SPDX-License-Identifier: Apache-2.0

/// The pauses between looks at a jobset: a second while something happens, up to five while nothing does.
struct PollPauses: Sendable {
    private var current = Self.shortest

    static let shortest = Duration.seconds(1)
    static let longest = Duration.seconds(5)

    /// The pause before the next look.
    mutating func next(afterChange changed: Bool) -> Duration {
        defer { current = min(Self.longest, current * 1.25) }
        if changed { current = Self.shortest }
        return current
    }
}
