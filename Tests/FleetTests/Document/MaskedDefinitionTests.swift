// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Fleet

@Suite("Definitions without secrets")
struct MaskedDefinitionTests {
    @Test(
        "What is not secret stays as it was written",
        arguments: [
            "a: 1 # with a comment\n", "x: [secrets]\n", "note: secrets\n", "a: &x 1\nb: *x\n",
        ]
    )
    func untouched(text: String) {
        #expect(MaskedDefinition.text(of: text) == text)
    }

    @Test(
        "No secret is shown, however it is written",
        arguments: [
            "a: 1\nsecrets:\n  KEY: s3cret!\n  OTHER: \"s3cret!\"\nb: 2\n", "secrets: {KEY: s3cret!}\n",
            "secrets: s3cret!\n", "{secrets: {KEY: s3cret!}, a: 1}", "secrets:\n- s3cret!\n- x\nb: 1\n",
            "secrets: # was s3cret!\n  KEY: x # s3cret!\nb: 1\n", "secrets:\n  KEY: |\n    s3cret!\n    more\nb: 1\n",
            "secrets:\n  KEY:\n    deep: [s3cret!]\n", "a:\n  secrets:\n    KEY: s3cret!\n  b: 1\n",
            "k: &x s3cret!\nsecrets:\n  KEY: *x\n",
            "\"secrets\":\n  KEY: s3cret!\nenv: PASSWORD=s3cret!\n", "\u{FEFF}secrets: {KEY: s3cret!}\n",
            "é: ü\nsecrets:\n  KÉY: s3cret!\nb: 1\n", "a: 1\nsecrets:\n  KEY: s3cret!",
        ]
    )
    func masked(text: String) throws {
        let shown = try #require(MaskedDefinition.text(of: text))
        #expect(!shown.contains("s3cret!"))
        #expect(shown.contains("<masked>"))
        // What is left is YAML still, and the rest of it is there.
        #expect(DefinitionRule.complaint(about: shown) == nil)
        if text.contains("b: 1") { #expect(shown.contains("b: 1")) }
        if text.contains("KEY") { #expect(shown.contains("KEY")) }
    }

    @Test("A secret that the rest refers to is not shown, though the reference leads nowhere then")
    func referredTo() throws {
        let shown = try #require(MaskedDefinition.text(of: "secrets:\n  KEY: &x s3cret!\nb: *x\n"))
        #expect(shown == "secrets: {'KEY': '<masked>'}\nb: *x\n")
    }

    @Test("What can't be understood is not shown", arguments: ["secrets: [", "a: &x {b: c}\nsecrets: *x\n"])
    func unknown(text: String) {
        #expect(MaskedDefinition.text(of: text) == nil)
    }
}
