// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOHTTP1

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
        var page = PlainPage()
        page.read(html.utf8.prefix(64 * 1024))
        let title = words(page.title)
        let body = words(page.body)
        if title.isEmpty { return excerpt(body, limit: limit) }
        return excerpt(body.isEmpty || body == title ? title : "\(title): \(body)", limit: limit)
    }

    /// What a page of an error says besides its status: LAVA's title is `LAVA | HTTP 500`, its first heading
    /// `500 Internal Server Error`, and whoever reads is told the status anyway.
    static func complaint(html: String, status: Int) -> String {
        var page = PlainPage()
        page.read(html.utf8.prefix(64 * 1024))
        let phrase = HTTPResponseStatus(statusCode: status).reasonPhrase
        let parts = [words(page.title), words(page.body)].map { Self.withoutStatus($0, "\(status)", phrase) }
        let said = parts[0] == parts[1] ? [parts[0]] : parts
        return excerpt(said.filter { !$0.isEmpty }.joined(separator: ": "), limit: 500)
    }

    private static func withoutStatus(_ text: String, _ status: String, _ phrase: String) -> String {
        var rest = Substring(text)
        while let known = ["LAVA", "|", "HTTP", "Error", status, phrase, ":", "-", "."]
            .first(where: { !$0.isEmpty && rest.lowercased().hasPrefix($0.lowercased()) })
        {
            let after = rest.dropFirst(known.count)
            // A word that only begins like one of these is the lab's own.
            if let next = after.first, known.last?.isLetter == true, next.isLetter { break }
            rest = after.drop(while: \.isWhitespace)
        }
        return String(rest)
    }

    /// The words of a text of HTML without its tags.
    private static func words(_ bytes: [UInt8]) -> String {
        var text = String(decoding: bytes, as: UTF8.self)
        for (entity, character) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&nbsp;", " "),
            ("&amp;", "&"),
        ] {
            text = text.replacingOccurrences(of: entity, with: character)
        }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// Takes the texts out of a page of HTML, in one pass whatever the page is made of.
struct PlainPage {
    /// What stands in its title.
    private(set) var title: [UInt8] = []
    /// What stands elsewhere, but for elements that are not meant to be read; a space for each tag.
    private(set) var body: [UInt8] = []

    private static let unread: Set<String> = ["head", "script", "style", "nav"]

    /// The element being read that is not meant to be read.
    private var skipped: String?
    private var isInTitle = false
    private var hasTitle = false

    /// Reads a page, or its beginning.
    mutating func read(_ page: some Collection<UInt8>) {
        var tag: [UInt8]?
        for byte in page {
            if let begun = tag {
                if byte == UInt8(ascii: ">") {
                    tag = nil
                    read(tag: begun)
                } else if begun.count < 16 {
                    tag = begun + [byte]
                }
            } else if byte == UInt8(ascii: "<") {
                tag = []
                add(UInt8(ascii: " "))
            } else {
                add(byte)
            }
        }
    }

    private mutating func add(_ byte: UInt8) {
        if isInTitle {
            title.append(byte)
        } else if skipped == nil {
            body.append(byte)
        }
    }

    private mutating func read(tag: [UInt8]) {
        let isEnd = tag.first == UInt8(ascii: "/")
        let bytes = tag.dropFirst(isEnd ? 1 : 0).prefix { $0 > UInt8(ascii: " ") && $0 != UInt8(ascii: "/") }
        let name = String(decoding: bytes, as: UTF8.self).lowercased()
        if name == "title" {
            isInTitle = !isEnd && !hasTitle
            hasTitle = true
        } else if let skipped {
            if isEnd, name == skipped { self.skipped = nil }
        } else if !isEnd, Self.unread.contains(name) {
            skipped = name
        }
    }
}
