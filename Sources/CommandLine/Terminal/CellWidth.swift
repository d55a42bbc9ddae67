// SPDX-License-Identifier: Apache-2.0

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
