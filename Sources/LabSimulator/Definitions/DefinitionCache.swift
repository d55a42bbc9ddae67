// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Synchronization

/// Understood definitions by their text without the first comment: a benchmark's ten thousand jobs are one text.
final class DefinitionCache: Sendable {
    private let reader: DefinitionReader
    private let known = Mutex<[String: Definition]>([:])

    /// The most texts that are kept, and the longest, in bytes.
    static let maximumEntries = 512
    static let maximumBytes = 256 * 1024

    init(reader: DefinitionReader) {
        self.reader = reader
    }

    /// Splits a text into its first line, if that is a comment, and the rest; understands the rest.
    func definition(of text: String) throws(Refusal) -> (head: String, definition: Definition) {
        let head = Self.head(of: text)
        let body = String(text.dropFirst(head.count))
        let isShort = body.utf8.count <= Self.maximumBytes
        if isShort, let found = known.withLock({ $0[body] }) { return (head, found) }
        let definition = try reader.read(body, head: head)
        if isShort {
            known.withLock { known in
                if known.count >= Self.maximumEntries { known.removeAll() }
                known[body] = definition
            }
        }
        return (head, definition)
    }

    private static func head(of text: String) -> String {
        guard text.hasPrefix("#"), let end = text.firstIndex(where: \.isNewline) else { return "" }
        return String(text[...end])
    }
}
