// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// One cell of a table.
enum Cell: Sendable, Equatable {
    /// Text, perhaps from elsewhere.
    case text(String)
    /// A number, which stands right.
    case number(Int)
    /// A time: an age on a terminal, ISO 8601 elsewhere.
    case time(Date?)

    /// Text that may be missing.
    static func text(_ text: String?) -> Cell { .text(text ?? "-") }

    /// The cell's text, harmless and in one line.
    func rendered(on terminal: Terminal, now: Date) -> String {
        switch self {
        case .text(let text): text.isEmpty ? "-" : HarmlessText.line(text)
        case .number(let number): "\(number)"
        case .time(let date?): terminal.isTerminal ? Age.text(of: date, now: now) : Age.stamp(date)
        case .time(nil): "-"
        }
    }
}
