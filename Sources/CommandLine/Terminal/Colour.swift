// SPDX-License-Identifier: Apache-2.0

import Fleet

/// The few colours that mean something.
enum Colour: Int, Sendable {
    /// It went wrong.
    case red = 31
    /// It went well.
    case green = 32
    /// A person may want to look.
    case yellow = 33
    /// It is on its way.
    case blue = 34

    /// The text in this colour, for terminals that want colours.
    func paint(_ text: String, on terminal: Terminal) -> String {
        terminal.hasColour ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }

    /// The colour of a word that says how something stands: a verdict, an outcome, a state.
    init?(word: String) {
        switch word {
        case "passed", "complete", "delivered", "ok", "pass": self = .green
        case "failed", "FAILED", "fail", "rejected", "stopped", "broken": self = .red
        case "incomplete", "canceled", "lost", "expired", "undeliverable", "warning", "unknown", "not configured",
            "paused", "probing", "canceling":
            self = .yellow
        case "running", "open", "submitted", "due": self = .blue
        default: return nil
        }
    }
}
