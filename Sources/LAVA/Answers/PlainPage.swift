// SPDX-License-Identifier: Apache-2.0

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
