// SPDX-License-Identifier: Apache-2.0

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
