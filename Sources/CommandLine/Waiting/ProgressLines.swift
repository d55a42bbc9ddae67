// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Decides when a line about progress is due where no terminal shows a moving bar: with each change, and now and
/// then without one, so that a log of a CI job shows life.
struct ProgressLines: Sendable {
    private var lastLine: String?
    private var lastTime: Duration = .zero

    /// How long it may be silent.
    static let longestSilence = Duration.seconds(10)

    /// The line to write when a jobset stands so after `elapsed`; nil when none is due.
    mutating func line(for status: Jobset, elapsed: Duration) -> String? {
        let line = ProgressBar(status: status, elapsed: elapsed).plainLine
        guard line != lastLine || elapsed - lastTime >= Self.longestSilence else { return nil }
        lastLine = line
        lastTime = elapsed
        return "\(line) (\(Age.clock(elapsed)))"
    }
}
