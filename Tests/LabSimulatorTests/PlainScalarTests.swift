// SPDX-License-Identifier: Apache-2.0

import Testing
import Yams

@testable import LabSimulator

@Suite("Plain scalars")
struct PlainScalarTests {
    // PyYAML's own patterns, from the resolver in its `resolver.py`.
    private static var integer: Regex<Substring> {
        /[-+]?(?:0|[1-9][0-9_]*|0[0-7_]+|0b[01_]+|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)/
    }
    private static var fraction: Regex<Substring> {
        /[-+]?[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+][0-9]+)?|(?::[0-5]?[0-9])+\.[0-9_]*)|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?/
    }

    @Test("Numbers are what PyYAML's patterns say")
    func numbers() {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("0011257789__..::--++eEbxaF")
        var texts = [
            "0", "00", "08", "017", "0b", "0b1", "0x", "0xfF_", "1:30", "1:60", "1:5:", "1:5:.5", "1:75",
            "190:20:30.15", "1:", "-1:2",
            "1.", "1.e", "1.5e+3", "1.5e3", ".5", "+.5", ".", "-", "+", "1_000", "_1", "0_7", "0o17", "1e3",
        ]
        for _ in 0..<20_000 {
            texts.append(
                String(
                    (0..<Int.random(in: 1...7, using: &generator)).map { _ in
                        letters.randomElement(using: &generator) ?? "0"
                    }
                )
            )
        }
        let (integer, fraction) = (Self.integer, Self.fraction)
        for text in texts where "+-.0123456789".contains(text.first ?? "x") {
            let tag = PlainScalar.tag(of: text)
            #expect((tag == .int) == (text.wholeMatch(of: integer) != nil), "\(text)")
            guard tag != .int else { continue }
            #expect((tag == .float) == (text.wholeMatch(of: fraction) != nil), "\(text)")
        }
    }
}
