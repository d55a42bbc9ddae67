// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import TestSupport
import Testing
import YAML

@testable import JobFiles

@Suite("The splitter, ingest's reader and Foundation agree on what is JSON")
struct JSONAgreementTests {
    private static let valid = Array(
        #"{"build": "/g/p/1", "labels": {"k": "v\u00e9\ud83d\ude00é"}, "jobs": [], "retries": 1}"#.utf8
    )
    private static let bytes = Array("{}[],:\"\\u0019-+.eEtrufalsn \n\u{1}é".utf8) + [0xC3, 0xFF, 0xED]

    @Test("A document with any bytes changed is refused by all as no JSON, or by none", arguments: 1...40)
    func changed(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<250 {
            let text = Self.changed(&random)
            let isSplit = (try? Splitting(bytes: text)) != nil
            #expect(isSplit == isJSON(text), "\(String(decoding: text, as: UTF8.self))")
            #expect(isSplit == isFoundationsJSON(text), "\(String(decoding: text, as: UTF8.self))")
        }
    }

    @Test("A document comes apart, or breaks at the same place, however it is cut into blocks", arguments: 1...40)
    func cut(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 {
            let text = Self.changed(&random)
            let whole = Result { try Splitting(bytes: text) }.mapError(broken)
            for blocks in [1, Int.random(in: 2..<text.count, using: &random)] {
                let cut = Result { try Splitting(bytes: text, blocks: blocks) }.mapError(broken)
                #expect(whole == cut, "in blocks of \(blocks): \(String(decoding: text, as: UTF8.self))")
            }
        }
    }

    private static func changed(_ random: inout SplitMix64) -> [UInt8] {
        var text = valid
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0..<text.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: text[place] = bytes.randomElement(using: &random) ?? 0
            case 1: text.remove(at: place)
            default: text.insert(bytes.randomElement(using: &random) ?? 0, at: place)
            }
        }
        return text
    }

    private func broken(_ error: any Error) -> BrokenJobFile {
        error as? BrokenJobFile ?? BrokenJobFile(place: .init(), problem: "\(error)")
    }

    /// Whether a parser that is none of ours takes it.
    private func isFoundationsJSON(_ text: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(text))) != nil
    }

    /// Whether ingest's reader found nothing wrong with the JSON, whatever else it may have found.
    private func isJSON(_ text: [UInt8]) -> Bool {
        do {
            _ = try JobsetDocument.read(text, knownBackends: [])
            return true
        } catch {
            return !error.faults.contains { fault in
                fault.pointer.isEmpty && (fault.reason.hasPrefix("is not") || fault.reason.hasPrefix("must be"))
                    || fault.pointer == "/jobs" && fault.reason == "stands there more than once"
            }
        }
    }
}
