// SPDX-License-Identifier: Apache-2.0

/// Shows on standard error how far a file is: one line that moves on a terminal, a line now and then elsewhere.
struct SendingDisplay {
    private var output = MovingLine()
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var shownAt: ContinuousClock.Instant?

    /// How often the line moves.
    static let pause = Duration.milliseconds(100)
    /// How long it may be silent elsewhere than on a terminal.
    static let longestSilence = Duration.seconds(10)

    init() {
        start = clock.now
    }

    /// Shows how far it is; `isLast` shows it even so soon after the line before.
    mutating func show(_ facts: SendingFacts, isLast: Bool = false) {
        let now = clock.now
        let pause = output.terminal.isTerminal ? Self.pause : Self.longestSilence
        guard isLast || now - (shownAt ?? start) >= pause else { return }
        shownAt = now
        var facts = facts
        facts.elapsed = now - start
        if output.terminal.isTerminal {
            output.move(to: facts.line(on: output.terminal))
        } else {
            output.say("\(facts.plainLine) (\(Age.clock(facts.elapsed)))")
        }
    }

    /// Says something beside the progress.
    mutating func say(_ text: String) { output.say(text) }

    /// Leaves the moving line, so that what follows begins a line of its own.
    mutating func close() { output.close() }
}
