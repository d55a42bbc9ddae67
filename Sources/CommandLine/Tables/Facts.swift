// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Names and values, one a line: what is known of one thing.
struct Facts: Sendable {
    /// The names with their values, in order; those without a value are left out.
    let pairs: [(name: String, value: String?)]

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
