// SPDX-License-Identifier: Apache-2.0

import Fleet

/// What one check of `muster doctor` came to.
package struct Finding: Sendable, Encodable, Equatable {
    /// How bad it is.
    package enum Level: String, Sendable, Encodable {
        /// All is well.
        case ok
        /// The fleet works, and a person should know.
        case warning
        /// The fleet can't work so.
        case failed = "FAILED"
    }

    /// How bad it is.
    package let level: Level
    package let subject: String
    package let found: String
    /// What to do about it; nil while all is well.
    package let advice: String?

    /// It is well.
    package static func ok(_ subject: String, _ found: String) -> Finding {
        Finding(level: .ok, subject: subject, found: found, advice: nil)
    }

    /// A person should know.
    package static func warning(_ subject: String, _ found: String, advice: String? = nil) -> Finding {
        Finding(level: .warning, subject: subject, found: found, advice: advice)
    }

    /// It does not work.
    package static func failed(_ subject: String, _ found: String, advice: String) -> Finding {
        Finding(level: .failed, subject: subject, found: found, advice: advice)
    }

    /// One line, with a second one for what to do.
    func lines(subjectWidth: Int, on terminal: Terminal) -> [String] {
        let word = level.rawValue
        let painted = Colour(word: word)?.paint(word, on: terminal) ?? word
        let mark = painted + String(repeating: " ", count: max(0, 9 - word.count))
        let padding = String(repeating: " ", count: max(0, subjectWidth - CellWidth.of(subject)) + 2)
        let first = mark + subject + padding + HarmlessText.line(found)
        guard let advice else { return [first] }
        return [first, String(repeating: " ", count: 9 + subjectWidth + 2) + "-> " + HarmlessText.line(advice)]
    }
}
