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

/// How far the sending of a file is.
struct SendingFacts: Sendable, Equatable {
    /// What is being done.
    enum Stage: Sendable, Equatable {
        /// The file is read through.
        case checking
        /// Its jobs are sent.
        case sending
    }

    /// What is being done.
    var stage: Stage
    /// How many jobs have been dealt with.
    var jobs: Int
    /// How many of these were in before.
    var skipped = 0
    /// How many jobs there are; nil while it is not known.
    var total: Int?
    /// How much of all there is to do has been done, from 0 to 1.
    var share: Double
    /// How long it has taken.
    var elapsed: Duration = .zero

    /// Jobs a second; nil before there is anything to divide.
    var rate: Int? {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        guard seconds > 0.1, jobs > skipped else { return nil }
        return Int(exactly: (Double(jobs - skipped) / seconds).rounded())
    }

    /// `12000 of 50000 jobs sent, 8000/s`.
    var plainLine: String { parts.joined(separator: ", ") }

    /// The line for a terminal, no wider than it: `[######------]  12000/50000 sent  8000/s  0:42`.
    func line(on terminal: Terminal) -> String {
        let texts = [total.map { "\(jobs)/\($0) \(verb)" } ?? "\(jobs) \(verb)", rate.map { "\($0)/s" }]
        let text = (texts.compactMap(\.self) + [Age.clock(elapsed)]).joined(separator: "  ")
        return BarText.line(share: share, .green, text, on: terminal)
    }

    private var verb: String { stage == .checking ? "checked" : "sent" }

    private var parts: [String] {
        let counted = total.map { "\(jobs) of \($0) jobs \(verb)" } ?? "\(jobs) jobs \(verb)"
        return [counted, skipped == 0 ? nil : "\(skipped) of them already present", rate.map { "\($0)/s" }].compactMap(
            \.self
        )
    }
}
