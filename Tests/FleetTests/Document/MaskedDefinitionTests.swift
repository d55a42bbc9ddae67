// SPDX-License-Identifier: Apache-2.0

import TestSupport
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
    func untouched(text: String) throws {
        #expect(try MaskedDefinition.text(of: text) == text)
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
        let shown = try MaskedDefinition.text(of: text)
        #expect(!shown.contains("s3cret!"))
        #expect(shown.contains("<masked>"))
        // What is left is YAML still, and the rest of it is there.
        #expect(DefinitionRule.complaint(about: shown) == nil)
        if text.contains("b: 1") { #expect(shown.contains("b: 1")) }
        if text.contains("KEY") { #expect(shown.contains("KEY")) }
    }

    /// Secrets that LAVA shows: whoever may read a project is shown none of them.
    private static let elsewhere = """
        device_type: sim
        job_name: what is secret besides secrets
        secrets: {API_KEY: s3cret-0}
        notify:
          criteria: {status: finished}
          callback: {url: "https://ci.example.org/hook", token: s3cret-1, method: POST, header: PRIVATE-TOKEN}
          callbacks:
          - url: https://ci.example.org/hook
            token: 's3cret-2'
        actions:
        - deploy:
            to: tmpfs
            docker:
              image: registry.example.org/tools
              login: {registry: registry.example.org, user: me, password: s3cret-3}
            images:
              kernel:
                url: https://someone:s3cret-4@files.example.org/Image
                headers: {PRIVATE-TOKEN: s3cret-5, Accept: "*/*"}
              rootfs:
                url: "https:\\/\\/s3cret-6@files.example.org/\\x41"
              dtb: {url: 'https://someone:it''s3cret-7@files.example.org/b@c'}
        - boot:
            auto_login: {login_prompt: 'login:', username: root, password: root}
            prompts: ['root@device', "a@b"]
        - test:
            definitions:
            - repository: https://oauth2:s3cret-8@git.example.org/tests.git
              from: git
              name: https://example.org/a@b
              parameters: {URL: "ftp://u:s3cret-9@files.example.org"}  # was https://u:s3cret-10@old.example.org/
        """

    @Test("Tokens of notify, headers, a registry's login and URLs are not shown, and all else is")
    func masksMore() throws {
        let text = Self.elsewhere
        #expect(DefinitionRule.complaint(about: text) == nil)
        let shown = try MaskedDefinition.text(of: text)
        #expect(!shown.contains("s3cret"), "\(shown)")
        #expect(DefinitionRule.complaint(about: shown) == nil, "\(shown)")
        for kept in [
            "url: \"https://ci.example.org/hook\"", "header: PRIVATE-TOKEN", "registry: registry.example.org, user: me",
            "url: https://<masked>@files.example.org/Image",
            "headers: {'PRIVATE-TOKEN': '<masked>', 'Accept': '<masked>'}",
            "username: root, password: root", "prompts: ['root@device', \"a@b\"]", "name: https://example.org/a@b",
            "repository: https://<masked>@git.example.org/tests.git", "# was https://<masked>@old.example.org/",
            "@files.example.org/A", "@files.example.org/b@c",
        ] {
            #expect(shown.contains(kept), "\(kept) in \(shown)")
        }
    }

    @Test(
        "A URL's credentials are found however it is written",
        arguments: [
            "a: https://u:s3cret!@h/", "a: 'https://u:s3cret!@h'", "a: \"https://u:s3cret!@h\"",
            "a: [https://s3cret!@h, b]",
            "a: \"\\x68ttps://u:s3cret!@h\"", "a: \"https://u:s3cret!\\x40h\"",
            "a: |\n  git clone https://u:s3cret!@h/x\n  b\n",
            "a: >-\n  curl https://u:s3cret!@h\n  b\n", "a: \"https://u:\\\n  s3cret!@h\"",
            "# https://u:s3cret!@h\na: 1\n",
            "? https://u:s3cret!@h\n: 1\n", "a: https://u:a'\"s3cret!@h", "a: https://u:p@s3cret!@h",
        ]
    )
    func credentials(_ text: String) throws {
        #expect(DefinitionRule.complaint(about: text) == nil)
        let shown = try MaskedDefinition.text(of: text)
        #expect(!shown.contains("s3cret"), "\(shown)")
        #expect(shown.contains("<masked>") && shown.contains("h"), "\(shown)")
        #expect(DefinitionRule.complaint(about: shown) == nil, "\(shown)")
    }

    @Test("A secret that the rest refers to is not shown, though the reference leads nowhere then")
    func referredTo() throws {
        let shown = try MaskedDefinition.text(of: "secrets:\n  KEY: &x s3cret!\nb: *x\n")
        #expect(shown == "secrets: {'KEY': '<masked>'}\nb: *x\n")
    }

    @Test("What can't be understood is not shown", arguments: ["secrets: [", "a: &x {b: c}\nsecrets: *x\n"])
    func unknown(text: String) {
        #expect(throws: MaskedDefinition.NotShown.unclear) { try MaskedDefinition.text(of: text) }
    }

    /// A definition with so many secrets, each of which stands in the rest as well.
    private static func definition(secrets: Int, length: Int = 8, rest: Int = 0) -> String {
        let values = (0..<secrets).map { String(repeating: "s", count: length) + "\($0)!" }
        return "secrets:\n" + values.enumerated().map { "  k\($0): \($1)\n" }.joined()
            // What stands between the secrets and the next key goes with them.
            + "b: " + String(repeating: "sssssss ", count: rest / 8) + "\n" + values.map { "# \($0)\n" }.joined()
    }

    @Test("Many secrets that are much alike are masked in one pass over a long text")
    func many() throws {
        let text = Self.definition(secrets: 1_000, length: 50, rest: 1 << 20)
        // Each secret looked for by itself would take minutes.
        let shown = try MaskedDefinition.text(of: "# x\n" + text)
        #expect(!shown.contains("s0!") && !shown.contains("s999!"))
        #expect(shown.contains("# <masked>"))
        #expect(shown.utf8.count > 1 << 20)
    }

    @Test("Beyond so many secrets, or so long a text, nothing is shown")
    func limits() {
        for text in [Self.definition(secrets: 1_001), Self.definition(secrets: 400, length: 200)] {
            #expect(throws: MaskedDefinition.NotShown.tooManySecrets) { try MaskedDefinition.text(of: text) }
        }
        let long = "a: " + String(repeating: "x", count: MaskedDefinition.maximumBytes)
        #expect(throws: MaskedDefinition.NotShown.tooLong) { try MaskedDefinition.text(of: long) }
    }

    @Test("It stops when nobody wants it any more")
    func ended() {
        struct Ended: Error {}
        let text = Self.definition(secrets: 1_000)
        #expect(throws: Ended.self) { try MaskedDefinition.text(of: text) { throw Ended() } }
    }

    @Test("All that stands in one of many texts is found, as by looking for each")
    func matcher() {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<500 {
            let letters = Array("aab".utf8)
            let word = { (longest: Int) in
                (0..<Int.random(in: 1...longest, using: &generator)).map { _ in
                    letters[Int.random(in: 0..<3, using: &generator)]
                }
            }
            let sought = (0..<Int.random(in: 0...6, using: &generator)).map { _ in word(5) }
            let text = word(60)
            var expected = [Bool](repeating: false, count: text.count)
            for one in sought {
                for start in text.indices where text[start...].starts(with: one) {
                    for index in start..<(start + one.count) { expected[index] = true }
                }
            }
            let matcher = TextMatcher(sought.map { String(decoding: $0, as: UTF8.self) })
            var found = [Bool](repeating: false, count: text.count)
            for match in matcher.matches(in: text, check: {}) { for index in match { found[index] = true } }
            #expect(found == expected)
        }
    }
}
