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

/// A bar with text behind it.
enum BarText {
    /// The line, no wider than the terminal: `[=====-----]  text`; the text alone where there is no room for a bar.
    static func line(share: Double, _ colour: Colour, _ text: String, on terminal: Terminal) -> String {
        let width = (terminal.width ?? 80) - 1
        let room = width - CellWidth.of(text) - 4
        guard room >= 6 else { return CellWidth.cut(text, to: width, on: terminal) }
        return bar(share, cells: min(room, 30), colour, on: terminal) + "  " + text
    }

    private static func bar(_ share: Double, cells: Int, _ colour: Colour, on terminal: Terminal) -> String {
        // Full means over: rounding up would promise an end that has not come.
        let full = max(0, min(cells, Int(max(0, min(1, share)) * Double(cells))))
        let (done, open) = terminal.hasUnicode ? ("█", "░") : ("#", ".")
        let filled = String(repeating: done, count: full)
        return "[" + colour.paint(filled, on: terminal) + String(repeating: open, count: cells - full) + "]"
    }
}
