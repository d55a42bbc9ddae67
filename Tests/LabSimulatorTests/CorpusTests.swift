// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LabSimulator

/// The definitions of `Corpus/corpus.json`, and what LAVA's own loader and schema say of each; `Corpus/corpus.py` says
/// how that was found out.
@Suite("Definitions as LAVA reads them")
struct CorpusTests {
    struct Entry: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let definition: String
        /// Why LAVA's loader refuses it.
        let yaml: String?
        /// Why LAVA refuses it as a submission, by release.
        let submission: [String: String?]

        var testDescription: String { name }
    }

    private static let entries: [Entry] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/corpus.json")
        return (try? JSONDecoder().decode([Entry].self, from: Data(contentsOf: file))) ?? []
    }()

    @Test("There is a corpus") func corpus() {
        #expect(Self.entries.count > 150)
        #expect(Self.entries.allSatisfy { Set($0.submission.keys) == ["2023.01", "2024.05"] })
    }

    @Test("YAML is refused as by LAVA's loader, and in its words", arguments: entries)
    func loader(_ entry: Entry) throws {
        let found: String?
        do throws(Refusal) {
            _ = try YAMLTree.compose(entry.definition)
            found = nil
        } catch {
            switch error {
            case .yaml(let words), .crash(let words): found = words
            default: found = "\(error)"
            }
        }
        // What is no error of YAML has its kind before it; how base64 is broken is not told as Python tells it.
        let expected = entry.yaml.map { $0.replacing(#/^[A-Z][A-Za-z]+Error: /#, with: "") }
        if entry.name == "binary that is none" {
            #expect(found?.hasPrefix("failed to decode base64 data") == true)
        } else {
            #expect(found == expected)
        }
    }

    @Test("A submission is refused as by LAVA's schema, and in its words", arguments: entries, ["2023.01", "2024.05"])
    func schema(_ entry: Entry, version: String) throws {
        let reader = DefinitionReader(defaults: Behaviour(), schema: JobSchema(version: version))
        let expected = try #require(entry.submission[version])
        let found: String?
        do throws(Refusal) {
            _ = try DefinitionCache(reader: reader).definition(of: entry.definition)
            found = nil
        } catch {
            found = Self.words(error)
        }
        #expect((found == nil) == (expected == nil), "\(found ?? "taken") where LAVA says \(expected ?? "valid")")
        // The words of the loader are those of the other test.
        if entry.yaml == nil, let expected { #expect(found == Self.plain(expected)) }
    }

    private static func words(_ refusal: Refusal) -> String {
        switch refusal {
        case .schema(let words, let place): words + (place.map { " @ \($0)" } ?? "")
        default: "\(refusal)"
        }
    }

    /// What LAVA lets fall to the ground is told without its kind.
    private static func plain(_ words: String) -> String { words.replacing("MultipleInvalid: ", with: "") }
}
