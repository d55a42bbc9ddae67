// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Fleet

@Suite("JSON put together from parts")
struct JSONPartsTests {
    @Test("A string is what another parser makes of it, whatever is in it", arguments: 0..<20)
    func strings(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<50 {
            let scalars = (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in
                Unicode.Scalar(
                    UInt32.random(
                        in: 0...[0x22, 0x7F, 0xFFFF, 0x10FFFF].randomElement(using: &random)!,
                        using: &random
                    )
                )
            }
            let text = String(String.UnicodeScalarView(scalars))
            let json = JSONParts.string(text)
            #expect(try JSONDecoder().decode(String.self, from: Data(json)) == text)
            var cursor = JSONCursor(json)
            let read = try cursor.string()
            #expect(read == text)
            var encoded = JSONCursor(Array(try JSONEncoder().encode(text)))
            let other = try encoded.string()
            #expect(other == text)
        }
    }

    @Test("Members stand in their order")
    func objects() {
        let members = [JSONParts.member("b\"", JSONParts.string("x")), JSONParts.member("a", JSONParts.array([0x31]))]
        #expect(String(decoding: JSONParts.object(members), as: UTF8.self) == #"{"b\"":"x","a":[1]}"#)
        #expect(JSONParts.object([]) == Array("{}".utf8))
    }

    @Test(
        "An object gets another member behind its own, and what is not one object gets none",
        arguments: [
            ("{}", #"{"k":1}"#), (" { } ", #" { "k":1} "#), (#"{"a":{"b":"}"}}"#, #"{"a":{"b":"}"},"k":1}"#),
            ("\u{FEFF}{}", "\u{FEFF}{\"k\":1}"), (#"{"k":2}"#, #"{"k":2,"k":1}"#),
            ("", nil), ("{", nil), ("}", nil), ("[]", nil), ("[{}]", nil), ("x {}", nil), ("{} x", nil), ("{}{}", nil),
            (#"{"a":1,}"#, nil), (#"{"a":{}"#, nil), ("\"x\" {}", nil),
        ] as [(String, String?)]
    )
    func addedMember(text: String, expected: String?) {
        var bytes = Array(text.utf8)
        let inserted = JSONParts.insert(JSONParts.member("k", [0x31]), into: &bytes)
        #expect((inserted == nil) == (expected == nil))
        #expect(String(decoding: bytes, as: UTF8.self) == expected ?? text)
        if let inserted { bytes.removeSubrange(inserted) }
        #expect(bytes == Array(text.utf8))
    }

    @Test("Objects and arrays may be nested 64 deep, and what stands in the last of them is no deeper")
    func nesting() throws {
        for inside in ["", "1", "\"x\"", "null"] {
            for (depth, isTaken) in [(64, true), (65, false)] {
                let text = String(repeating: "[", count: depth) + inside + String(repeating: "]", count: depth)
                var cursor = JSONCursor(Array(text.utf8))
                let isSkipped = (try? cursor.skip()) != nil
                #expect(isSkipped == isTaken)
                #expect(isTaken || cursor.offset == 64)
            }
        }
    }
}
