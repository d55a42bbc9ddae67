// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore

/// Shows progress on standard error: one line that moves on a terminal, lines elsewhere.
struct ProgressDisplay {
    private let stream = StandardStream.error
    private let terminal = Terminal.error
    private var lines = ProgressLines()
    private var hasOpenLine = false

    /// Shows how a jobset stands.
    mutating func show(_ status: JobsetStatus, elapsed: Duration) {
        if terminal.isTerminal {
            stream.write("\r\u{1B}[K" + ProgressBar(status: status, elapsed: elapsed).line(on: terminal))
            hasOpenLine = true
        } else if let line = lines.line(for: status, elapsed: elapsed) {
            stream.line(line)
        }
    }

    /// Says something beside the progress.
    mutating func say(_ text: String) {
        close()
        stream.line(HarmlessText.line(text))
    }

    /// Leaves the moving line, so that what follows begins a line of its own.
    mutating func close() {
        if hasOpenLine { stream.write("\n") }
        hasOpenLine = false
    }
}
