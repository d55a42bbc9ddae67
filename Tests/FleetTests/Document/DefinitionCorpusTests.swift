// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Fleet

/// The corpus of definitions whose verdict by LAVA's own loader is known (`LabSimulatorTests/Corpus`).
@Suite("Definitions that LAVA takes")
struct DefinitionCorpusTests {
    struct Entry: Decodable, Sendable {
        let name: String
        let definition: String
        let yaml: String?
        /// Why LAVA's loader refuses it behind the comment that Muster submits it with.
        let tagged: String?
        let submission: [String: String?]
    }

    private static func entries() throws -> [Entry] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = tests.appending(path: "LabSimulatorTests/Corpus/corpus.json")
        return try JSONDecoder().decode([Entry].self, from: Data(contentsOf: file))
    }

    @Test("Muster refuses nothing that LAVA would take")
    func taken() throws {
        let entries = try Self.entries().filter { entry in entry.submission.values.contains { $0 == nil } }
        #expect(entries.count > 60)
        for entry in entries {
            #expect(DefinitionRule.complaint(about: entry.definition) == nil, "\(entry.name)")
        }
    }

    @Test("What is taken is taken by LAVA's loader behind Muster's comment as well, if it is so without")
    func tagged() throws {
        for entry in try Self.entries() where entry.yaml == nil {
            #expect(entry.tagged == nil, "\(entry.name)")
        }
    }

    @Test("A mark that an editor puts first is no part of what is stored, and nothing else is changed")
    func mark() throws {
        for entry in try Self.entries() where entry.submission.values.contains(where: { $0 == nil }) {
            let body = try Documents.with(
                definition: String(decoding: JSONEncoder().encode(entry.definition), as: UTF8.self)
            )
            let document = try JobsetDocument.read(
                Array(body.utf8),
                limits: DocumentLimits(),
                knownBackends: ["lab-a"]
            )
            let stored = try #require(document.jobs.first?.definition)
            let marked = entry.definition.unicodeScalars.first == "\u{FEFF}"
            let expected = marked ? entry.definition.unicodeScalars.dropFirst() : entry.definition.unicodeScalars[...]
            #expect(stored.unicodeScalars.elementsEqual(expected), "\(entry.name)")
        }
    }
}
