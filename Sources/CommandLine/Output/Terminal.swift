// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Glibc

/// What a stream can show.
struct Terminal: Sendable, Equatable {
    /// Whether a person looks at it.
    var isTerminal: Bool
    /// Its width in cells; nil where there is none.
    var width: Int?
    /// Its height in lines; nil where there is none.
    var height: Int?
    /// Whether it is to be coloured.
    var hasColour: Bool
    /// Whether it shows more than ASCII.
    var hasUnicode: Bool

    /// A file or a pipe.
    static let plain = Terminal(isTerminal: false, width: nil, hasColour: false, hasUnicode: false)

    /// What standard output is.
    static var output: Terminal { Terminal(.output) }
    /// What standard error is.
    static var error: Terminal { Terminal(.error) }

    init(isTerminal: Bool, width: Int?, height: Int? = nil, hasColour: Bool, hasUnicode: Bool) {
        self.isTerminal = isTerminal
        self.width = width
        self.height = height
        self.hasColour = hasColour
        self.hasUnicode = hasUnicode
    }

    /// Looks at a stream and the environment (<https://no-color.org>).
    init(_ stream: StandardStream, environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard isatty(stream.descriptor) == 1, environment["TERM"] != "dumb" else {
            self = .plain
            return
        }
        let locale =
            [environment["LC_ALL"], environment["LC_CTYPE"], environment["LANG"]]
            .compactMap(\.self).first { !$0.isEmpty } ?? ""
        self.init(
            isTerminal: true,
            width: Self.width(of: stream.descriptor),
            height: Self.size(of: stream.descriptor).flatMap { $0.ws_row > 0 ? Int($0.ws_row) : nil },
            hasColour: (environment["NO_COLOR"] ?? "").isEmpty,
            hasUnicode: locale.lowercased().replacing("-", with: "").contains("utf8")
        )
    }

    /// What the kernel knows of the window; 80 where it knows nothing.
    private static func width(of descriptor: Int32) -> Int {
        size(of: descriptor).map { max(20, Int($0.ws_col)) } ?? 80
    }

    private static func size(of descriptor: Int32) -> winsize? {
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? size : nil
    }
}

/// Standard output or standard error, written to without a buffer: what has been said has been said.
package struct StandardStream: Sendable {
    /// Where results go.
    package static let output = StandardStream(descriptor: STDOUT_FILENO)
    /// Where everything else goes.
    package static let error = StandardStream(descriptor: STDERR_FILENO)

    let descriptor: Int32

    /// Writes text and ends the line.
    package func line(_ text: String) { write(text + "\n") }

    /// Writes text as it is.
    package func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes bytes as they are; what nobody reads any more is dropped.
    package func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }
}

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

/// How many cells of a terminal a text takes, near enough for tables: wide characters take two, marks none.
enum CellWidth {
    /// The cells of a text.
    static func of(_ text: String) -> Int {
        text.reduce(0) { $0 + of($1) }
    }

    /// The text, cut to `width` cells; what was cut shows as `…`, or `~` where only ASCII is shown.
    static func cut(_ text: String, to width: Int, on terminal: Terminal) -> String {
        guard of(text) > width else { return text }
        guard width > 0 else { return "" }
        var result = ""
        var used = 0
        for character in text {
            let cells = of(character)
            guard used + cells <= width - 1 else { break }
            result.append(character)
            used += cells
        }
        return result + (terminal.hasUnicode ? "…" : "~")
    }

    private static func of(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        // East Asian wide and fullwidth blocks, and pictures (Unicode TR 11).
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
