// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Lines of text that stay within a width. A column is a Unicode scalar: no name can hide a long line in few letters.
struct TextPage {
    let width: Int
    private(set) var text = ""

    init(width: Int) {
        self.width = width
    }

    /// Adds one line break's worth of nothing.
    mutating func addBlank() { text += "\n" }

    /// Adds a heading, with air around it.
    mutating func addHeading(_ title: String) {
        addBlank()
        add(title)
        addBlank()
    }

    /// Adds a paragraph, broken at spaces where it can be; all lines but the first are set in by `hanging` more.
    mutating func add(_ paragraph: String, indent: Int = 0, hanging: Int = 0) {
        var room = width - indent
        var margin = String(repeating: " ", count: indent)
        var rest = Array(paragraph.unicodeScalars)[...]
        repeat {
            let cut = Self.cut(of: rest, room: room)
            text += margin
            text.unicodeScalars.append(contentsOf: rest[..<cut])
            text += "\n"
            rest = rest[cut...].drop { $0 == " " }
            room = width - indent - hanging
            margin = String(repeating: " ", count: indent + hanging)
        } while !rest.isEmpty
    }

    /// Adds a line that must not be broken.
    mutating func addWhole(_ line: String, indent: Int) {
        text += String(repeating: " ", count: indent) + line + "\n"
    }

    /// Says how many of `total` are left out after `listed` of them; nothing when none is.
    mutating func addMore(than listed: Int, of total: Int, indent: Int) {
        guard total > listed else { return }
        add("and \((total - listed).grouped) more", indent: indent)
    }

    /// Adds a table: names to the left, numbers to the right. A name too long for its column is cut.
    mutating func addTable(header: [String], rows: [[String]], indent: Int = 2) {
        let lines = [header] + rows
        let widths = header.indices.map { column in
            lines.map { $0[column].unicodeScalars.count }.max() ?? 0
        }
        let numbers = widths.dropFirst().reduce(0) { $0 + $1 + 2 }
        let nameWidth = min(widths[0], max(10, width - indent - numbers))
        for line in lines {
            var row = Self.padded(HarmlessText.line(line[0], limit: nameWidth), to: nameWidth, left: true)
            for column in header.indices.dropFirst() {
                row += "  " + Self.padded(line[column], to: widths[column], left: false)
            }
            addWhole(row, indent: indent)
        }
    }

    /// Where a line ends: at the last space within the room, or in the middle of a word that has none.
    private static func cut(of line: ArraySlice<Unicode.Scalar>, room: Int) -> Int {
        guard line.count > room else { return line.endIndex }
        let limit = line.startIndex + max(1, room)
        // The space itself may stand just behind the room.
        let space = line[...limit].lastIndex(of: " ") ?? line.startIndex
        return space > line.startIndex ? space : limit
    }

    private static func padded(_ text: String, to width: Int, left: Bool) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.unicodeScalars.count))
        return left ? text + padding : padding + text
    }
}
