// SPDX-License-Identifier: Apache-2.0

/// Writes HTML. Names of elements and attributes are the program's own; all text goes through ``MarkupText``.
struct HTMLWriter {
    private(set) var markup = ""

    /// Whether another entry of a list may be added.
    func hasRoom(_ limits: ReportLimits) -> Bool { markup.utf8.count < limits.bytes }

    /// Adds an element with its content.
    mutating func element(
        _ name: StaticString,
        _ look: HTMLLook? = nil,
        _ attributes: KeyValuePairs<StaticString, String> = [:],
        _ content: (inout HTMLWriter) -> Void
    ) {
        open(name, look, attributes)
        content(&self)
        markup += "</\(name)>"
    }

    /// Adds an element whose content is text.
    mutating func element(
        _ name: StaticString,
        _ look: HTMLLook? = nil,
        _ attributes: KeyValuePairs<StaticString, String> = [:],
        _ text: String
    ) {
        element(name, look, attributes) { $0.text(text) }
    }

    /// Adds an element that has no content and no end.
    mutating func void(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]) {
        open(name, nil, attributes)
    }

    /// Adds text.
    mutating func text(_ text: String) { markup += MarkupText.escaped(text) }

    /// Adds a line break of the source, for those who read it.
    mutating func newLine() { markup += "\n" }

    /// Adds `text` as a link, if `address` is one of the web, and otherwise as it is.
    mutating func link(_ address: String?, _ text: String) {
        guard let address = MarkupText.webAddress(address) else { return self.text(text) }
        element("a", .link, ["href": address], text)
    }

    /// Adds markup of the program's own.
    mutating func own(_ markup: StaticString) { self.markup += "\(markup)" }

    /// Adds the style sheet.
    mutating func sheet() { markup += HTMLStyleSheet.text }

    private mutating func open(
        _ name: StaticString,
        _ look: HTMLLook?,
        _ attributes: KeyValuePairs<StaticString, String>
    ) {
        markup += "<\(name)"
        if let look {
            markup += " class=\"\(look.rawValue)\""
            if look.isInline { markup += " style=\"\(look.style)\"" }
        }
        for (name, value) in attributes { markup += " \(name)=\"\(MarkupText.escaped(value))\"" }
        markup += ">"
    }
}
