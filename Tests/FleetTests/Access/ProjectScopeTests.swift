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
}
