// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Why a command ends with another status than 0, in words for the person at the keyboard.
struct CommandFailure: Error, Equatable {
    /// What the shell is told.
    let status: ExitStatus
    /// Lines for standard error; empty when everything has been said.
    let lines: [String]

    /// A failure told in `lines`.
    init(_ status: ExitStatus, _ lines: String...) {
        self.init(status, lines: lines)
    }

    /// A failure told in `lines`.
    init(_ status: ExitStatus, lines: [String]) {
        self.status = status
        self.lines = lines
    }

    /// Says it on standard error.
    func show() {
        for (number, line) in lines.enumerated() {
            StandardStream.error.line((number == 0 ? "muster: " : "") + HarmlessText.block(line))
        }
    }
}
