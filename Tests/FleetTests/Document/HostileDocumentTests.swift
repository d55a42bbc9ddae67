// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import TestSupport
import Testing

@Suite("Documents meant to do harm", .timeLimit(.minutes(10)))
struct HostileDocumentTests {
    @Test("A document cut short at any byte is refused", arguments: [Documents.design, Documents.full])
    func truncated(_ text: String) {
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count {
            #expect(throws: DocumentFaults.self) { try Documents.read(Array(bytes[..<count])) }
        }
    }

    @Test("Random bytes are refused", arguments: 0..<20)
    func randomBytes(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<50 {
            let bytes = (0..<Int.random(in: 1...300, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(throws: DocumentFaults.self) { try Documents.read(bytes) }
        }
    }

    @Test(
        "Where a document is broken, Foundation's parser finds it broken too, and the other way round",
        arguments: 0..<20
    )
    func sameSyntax(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let letters = Array(#"{}[]",:\u0e1-+.tfn 9d8"#.utf8)
        for _ in 0..<100 {
            var bytes = Array(Documents.full.utf8)
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = letters.randomElement(using: &random) ?? 0
            }
            let isJSON = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            #expect(isJSON == !isCalledBroken(bytes), "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    private func isCalledBroken(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try Documents.read(bytes)
            return false
        } catch {
            return error.faults.contains { $0.reason.hasPrefix("is not valid JSON") }
        }
    }

    @Test("Deep nesting is refused before it can exhaust anything", arguments: ["[", #"{"a":"#, #"{"jobs":["#])
    func deepJSON(_ opening: String) {
        let text = String(repeating: opening, count: 200_000)
        #expect(Documents.faults(text).last?.reason.contains("is not valid JSON") == true)
        #expect(Documents.faults(#"{"x": "# + text).last?.reason.contains("nested more than 64 deep") == true)
    }

    @Test("Deep YAML is refused before it can exhaust anything", arguments: ["[", "{a: ", "- ", "? ", "a:\\n "])
    func deepYAML(_ opening: String) {
        let text = String(repeating: opening, count: 300_000)
        let faults = Documents.faults(Documents.with(definition: "\"a: \(text)\""))
        #expect(faults.map(\.pointer) == ["/jobs/0/definition"])
    }

    @Test("Indentation that grows by a blank a line is refused as too deep")
    func deepBlocks() {
        let text = (0..<3_000).map { String(repeating: " ", count: $0) + "a:\\n" }.joined()
        #expect(
            Documents.faults(Documents.with(definition: "\"\(text)\"")).first?.reason.contains("64 levels") == true
        )
    }

    @Test("A definition of ten levels more than any has is taken, and one level too many is named with its place")
    func depthOfDefinitions() {
        func definition(_ depth: Int) -> String {
            "\"a: " + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "\""
        }
        #expect(Documents.faults(Documents.with(definition: definition(64))).isEmpty)
        #expect(
            Documents.faults(Documents.with(definition: definition(65))).first?.reason
                == "is not YAML at line 1, column 67: it is nested more than 64 levels deep"
        )
    }

    @Test("Aliases of aliases cost nothing, not even as keys")
    func aliases() {
        var lines = ["a0: &a0 [x, x]"]
        for level in 1...60 { lines.append("a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]") }
        lines.append("? *a60\\n: 1")
        #expect(Documents.faults(Documents.with(definition: "\"\(lines.joined(separator: "\\n"))\"")) == [])
    }

    @Test("A million keys that nobody knows are counted, not kept")
    func manyKeys() {
        let text = "{" + (0..<200_000).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
        let faults = Documents.faults(text)
        #expect(faults.count == 1_001)
        #expect(faults.last?.reason == "has 199002 more faults, not listed here")
    }

    @Test("Long values are cut in faults")
    func longValues() {
        let long = String(repeating: "x", count: 100_000)
        let faults = Documents.faults(#"{"build": "\#(long)", "\#(long)": 1, "jobs": []}"#)
        #expect(faults.allSatisfy { ($0.value ?? "").count <= 100 && $0.pointer.count <= 101 && $0.reason.count < 400 })
    }
}
