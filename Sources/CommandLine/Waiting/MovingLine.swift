// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Standard error with one line that is written over and over, among others that stay.
struct MovingLine {
    /// What standard error can show.
    let terminal = Terminal.error
    private let stream = StandardStream.error
    private var isOpen = false

    /// Writes the line anew; for terminals.
    mutating func move(to text: String) {
        stream.write("\r\u{1B}[K" + text)
        isOpen = true
    }

    /// Writes a line that stays.
    mutating func say(_ text: String) {
        close()
        stream.line(HarmlessText.line(text))
    }

    /// Leaves the moving line, so that what follows begins a line of its own.
    mutating func close() {
        if isOpen { stream.write("\n") }
        isOpen = false
    }
}
