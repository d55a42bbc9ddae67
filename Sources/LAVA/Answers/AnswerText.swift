// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Makes a lab's answer fit to be shown: bounded, on one line where it was HTML, without control characters.
enum AnswerText {
    /// The most of a refusal that is kept, in characters. LAVA's words name a key and a line; they are short.
    static let messageLimit = 4_000

    /// The text without control characters other than line ends and tabs, cut to the limit.
    static func excerpt(_ text: String, limit: Int) -> String {
        let printable = String(
            String.UnicodeScalarView(
                text.unicodeScalars.lazy.filter { $0 == "\n" || $0 == "\t" || ($0.value >= 32 && $0.value != 127) }
                    .prefix(limit + 1)
            )
        )
        return printable.unicodeScalars.count > limit
            ? String(String.UnicodeScalarView(printable.unicodeScalars.prefix(limit))) + "…" : printable
    }

    /// The readable part of an HTML page: its title, then the first words of its body.
    static func plain(html: String, limit: Int = 500) -> String {
        let page = String(html.prefix(64 * 1024))
        let title = words(in: element("title", of: page) ?? "")
        let body = words(in: removing(["head", "script", "style", "nav"], from: page))
        if title.isEmpty { return excerpt(body, limit: limit) }
        return excerpt(body.isEmpty || body == title ? title : "\(title): \(body)", limit: limit)
    }

    private static func element(_ name: String, of page: String) -> String? {
        guard let open = page.range(of: "<\(name)", options: .caseInsensitive),
            let start = page[open.upperBound...].firstIndex(of: ">"),
            let close = page.range(of: "</\(name)", options: .caseInsensitive, range: start..<page.endIndex)
        else { return nil }
        return String(page[page.index(after: start)..<close.lowerBound])
    }

    private static func removing(_ names: [String], from page: String) -> String {
        var rest = page
        for name in names {
            // Bounded: each turn removes an opening tag.
            while let open = rest.range(of: "<\(name)(?=[\\s>])", options: [.caseInsensitive, .regularExpression]) {
                let close = rest.range(
                    of: "</\(name)>",
                    options: .caseInsensitive,
                    range: open.upperBound..<rest.endIndex
                )
                rest.replaceSubrange(open.lowerBound..<(close?.upperBound ?? rest.endIndex), with: " ")
            }
        }
        return rest
    }

    private static func words(in markup: String) -> String {
        var text = ""
        var insideTag = false
        for character in markup {
            switch character {
            case "<":
                insideTag = true
                text.append(" ")
            case ">" where insideTag: insideTag = false
            default: if !insideTag { text.append(character) }
            }
        }
        for (entity, character) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&nbsp;", " "),
            ("&amp;", "&"),
        ] {
            text = text.replacingOccurrences(of: entity, with: character)
        }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
