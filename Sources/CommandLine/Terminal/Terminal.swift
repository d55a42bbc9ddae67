// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// What a stream can show.
struct Terminal: Sendable, Equatable {
    /// Whether a person looks at it.
    var isTerminal: Bool
    /// Its width in cells; nil where there is none.
    var width: Int?
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

    init(isTerminal: Bool, width: Int?, hasColour: Bool, hasUnicode: Bool) {
        self.isTerminal = isTerminal
        self.width = width
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
            hasColour: (environment["NO_COLOR"] ?? "").isEmpty,
            hasUnicode: locale.lowercased().replacing("-", with: "").contains("utf8")
        )
    }

    /// What the kernel knows of the window; 80 where it knows nothing.
    private static func width(of descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return max(20, Int(size.ws_col))
    }
}
