// SPDX-License-Identifier: Apache-2.0

import Fleet
import Testing

@Suite("Scopes and tokens")
struct ProjectScopeTests {
    @Test(
        "A scope is for its own projects",
        arguments: [
            ("*", true, true, true), ("g/*", true, true, false), ("g/p", true, false, false),
            ("x/*", false, false, true),
        ]
    )
    func covers(text: String, own: Bool, sibling: Bool, stranger: Bool) throws {
        let scope = try #require(ProjectScope(text))
        #expect("\(scope)" == text)
        #expect(scope.covers(group: "g", project: "p") == own)
        #expect(scope.covers(group: "g", project: "q") == sibling)
        #expect(scope.covers(group: "x", project: "p") == stranger)
    }

    @Test("What is no scope", arguments: ["", "g", "/g/p", "g/p/1", "*/p", "*/*", "g/", "g p/q", "g/p*"])
    func refused(text: String) {
        #expect(ProjectScope(text) == nil)
    }

    @Test("No two tokens are the same, and each is known for one")
    func tokens() {
        let (first, second) = (TokenText.make(), TokenText.make())
        #expect(first != second)
        #expect(first.hasPrefix("muster_"))
        #expect(first.utf8.count == 50)
        #expect(TokenText.hash(of: first).count == 32)
        #expect(TokenText.hash(of: first) != TokenText.hash(of: second))
    }

    @Test("A token is called by a line of ASCII", arguments: ["ci", "ci 1/2", "t-1", "<b>", "anonymous2", "x"])
    func names(name: String) {
        #expect(TokenText.isName(name))
    }

    @Test(
        "Nothing is a token's name that may be taken for nobody's, another's, or an id",
        arguments: [
            "anonymous", "Anonymous", "ANONYMOUS", "an0nymous", "a-n-o-n-y-m-o-u-s", "(anonymous)", "anonymous.",
            "аnonymous", "anonymous\u{200B}", "anonymoυs", " ci", "ci ", "", " ", "a\nb", "a\u{1B}[31m", "é",
            "6f1c0000-0000-4000-8000-00000000002a", String(repeating: "x", count: 101),
        ]
    )
    func badNames(name: String) {
        #expect(!TokenText.isName(name))
    }
}
