// SPDX-License-Identifier: Apache-2.0

import Fleet
package import Foundation

/// Rows under titles: aligned and cut to the width on a terminal, tab-separated elsewhere.
package struct Table: Sendable {
    /// A column.
    package struct Column: Sendable {
        /// What stands above it.
        package let title: String
        /// Whether it may give way when the terminal is too narrow.
        package let canShrink: Bool
        /// Whether it is never cut and takes no room from others: a link in the last column, which is of no use in parts.
        package let isWhole: Bool

        /// A column under `title`.
        package init(_ title: String, canShrink: Bool = false, isWhole: Bool = false) {
            self.title = title
            self.canShrink = canShrink
            self.isWhole = isWhole
        }
    }

    /// The columns from left to right.
    package let columns: [Column]
    /// The rows; each has a cell a column.
    package let rows: [[Cell]]

    /// A table of these.
    package init(columns: [Column], rows: [[Cell]]) {
        self.columns = columns
        self.rows = rows
    }

    private static let gap = "  "
    private static let leastWidth = 6

    /// The lines of the table.
    func lines(on terminal: Terminal, now: Date = .now) -> [String] {
        let texts = [columns.map(\.title)] + rows.map { row in row.map { $0.rendered(on: terminal, now: now) } }
        guard terminal.isTerminal else { return texts.map { $0.joined(separator: "\t") } }
        let widths = fitted(natural(texts), to: terminal.width)
        return texts.enumerated().map { number, cells in
            aligned(cells, of: number == 0 ? nil : rows[number - 1], widths, on: terminal)
        }
    }

    private func natural(_ texts: [[String]]) -> [Int] {
        columns.indices.map { column in
            columns[column].isWhole
                ? CellWidth.of(columns[column].title)
                : texts.reduce(0) { column < $1.count ? max($0, CellWidth.of($1[column])) : $0 }
        }
    }

    /// Takes from the widest column that can shrink until the row fits, or none can any more.
    private func fitted(_ natural: [Int], to width: Int?) -> [Int] {
        guard let width else { return natural }
        var widths = natural
        var excess = widths.reduce(0, +) + Self.gap.count * max(0, columns.count - 1) - width
        while excess > 0 {
            let candidates = columns.indices.filter { columns[$0].canShrink && widths[$0] > Self.leastWidth }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func aligned(_ texts: [String], of cells: [Cell]?, _ widths: [Int], on terminal: Terminal) -> String {
        var line = ""
        var room = terminal.width ?? .max
        for (column, width) in widths.enumerated() where column < texts.count && room > 0 {
            let isLast = column == widths.count - 1
            if columns[column].isWhole { return line + texts[column] }
            let text = CellWidth.cut(texts[column], to: min(width, room), on: terminal)
            let padding = String(repeating: " ", count: max(0, min(width, room) - CellWidth.of(text)))
            let painted = cells == nil ? text : Colour(word: text)?.paint(text, on: terminal) ?? text
            if isNumber(column, cells) { line += padding + painted } else { line += painted + (isLast ? "" : padding) }
            room -= width
            if !isLast, room > Self.gap.count {
                line += Self.gap
                room -= Self.gap.count
            } else if !isLast {
                break
            }
        }
        return line
    }

    private func isNumber(_ column: Int, _ cells: [Cell]?) -> Bool {
        guard let cells = cells ?? rows.first, column < cells.count, case .number = cells[column] else { return false }
        return true
    }
}

/// One cell of a table.
package enum Cell: Sendable, Equatable {
    /// Text, perhaps from elsewhere.
    case text(String)
    /// A number, which stands right.
    case number(Int)
    /// An id: on a terminal its first digits, which name it too, elsewhere the whole.
    case id(UUID)
    /// A time: an age on a terminal, ISO 8601 elsewhere.
    case time(Date?)

    /// Text that may be missing.
    package static func text(_ text: String?) -> Cell { .text(text ?? "-") }

    /// The cell's text, harmless and in one line.
    func rendered(on terminal: Terminal, now: Date) -> String {
        switch self {
        case .text(let text): text.isEmpty ? "-" : HarmlessText.line(text)
        case .number(let number): "\(number)"
        case .id(let id): terminal.isTerminal ? String(id.text.prefix(8)) : id.text
        case .time(let date?): terminal.isTerminal ? Age.text(of: date, now: now) : Age.stamp(date)
        case .time(nil): "-"
        }
    }
}

/// Names and values, one a line: what is known of one thing.
package struct Facts: Sendable {
    /// The names with their values, in order; those without a value are left out.
    package let pairs: [(name: String, value: String?)]

    /// Facts in this order.
    package init(pairs: [(name: String, value: String?)]) { self.pairs = pairs }

    /// The lines: names in a column of their own on a terminal, `name<tab>value` elsewhere.
    func lines(on terminal: Terminal) -> [String] {
        let width = pairs.reduce(0) { $1.value == nil ? $0 : max($0, CellWidth.of($1.name)) }
        return pairs.compactMap { name, value in
            guard let value else { return nil }
            guard terminal.isTerminal else { return "\(name)\t\(HarmlessText.line(value))" }
            let padding = String(repeating: " ", count: width - CellWidth.of(name) + 2)
            return name + padding + HarmlessText.line(value)
        }
    }
}
