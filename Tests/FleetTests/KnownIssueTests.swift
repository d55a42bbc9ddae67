// SPDX-License-Identifier: Apache-2.0

import Fleet
import Testing

@Suite("Known issues as they are stated")
struct KnownIssueTests {
    @Test(
        "A glob is SQL's pattern with every other character as it is",
        arguments: [
            ("*", "%"), ("ltp-*", "ltp-%"), ("a?c", "a_c"), ("100%_done", "100\\%\\_done"), ("a\\b", "a\\\\b"),
            ("naïve/*", "naïve/%"), ("[a-z]", "[a-z]"),
        ]
    )
    func like(glob: String, pattern: String) {
        #expect(TestPattern.like(glob) == pattern)
    }

    @Test("A pattern matches as SQL's like does, also where it has to step back, and in no long time")
    func matching() {
        func matches(_ glob: String, _ name: String) -> Bool {
            TestPattern(suite: "s", test: glob).matches(environment: "e", suite: "s", test: name)
        }
        for (glob, name) in [
            ("*", ""), ("*", "a"), ("a*", "a"), ("*b", "aab"), ("a?c", "abc"), ("*ab*ab", "abxabab"), ("a**c", "ac"),
            ("ü?", "üñ"), ("100%_done", "100%_done"), ("[a-z]", "[a-z]"),
        ] { #expect(matches(glob, name), "\(glob) \(name)") }
        for (glob, name) in [
            ("a", "A"), ("a*", "ba"), ("a?c", "ac"), ("*ab", "aba"), ("?", ""), ("100%_done", "100 done"),
            ("[a-z]", "a"),
        ] { #expect(!matches(glob, name), "\(glob) \(name)") }
        #expect(!TestPattern(suite: "other").matches(environment: "e", suite: "s", test: "t"))
        #expect(!matches(String(repeating: "*a", count: 100) + "b", String(repeating: "a", count: 1_000)))
    }

    @Test(
        "What is wrong is said with its place",
        arguments: [
            (KnownIssueWish(pattern: TestPattern(), reason: "r"), ["/test"]),
            (KnownIssueWish(pattern: TestPattern(suite: "**", test: "*"), reason: "r"), ["/test"]),
            (KnownIssueWish(pattern: TestPattern(environment: "", suite: "a"), reason: "r"), ["/environment"]),
            (KnownIssueWish(pattern: TestPattern(suite: "a\nb"), reason: "r"), ["/suite"]),
            (
                KnownIssueWish(pattern: TestPattern(suite: String(repeating: "x", count: 256)), reason: " "),
                ["/suite", "/reason"]
            ),
            (KnownIssueWish(pattern: TestPattern(suite: "a"), reason: "r", url: "javascript:alert(1)"), ["/url"]),
            (KnownIssueWish(pattern: TestPattern(suite: "a"), reason: "r", url: "https://u:p@example.org"), ["/url"]),
            (KnownIssueWish(pattern: TestPattern(suite: "a"), reason: "r", url: "https://"), ["/url"]),
            (KnownIssueWish(pattern: TestPattern(suite: "a"), reason: "r", expires: "2026-02-29"), ["/expires"]),
            (KnownIssueWish(pattern: TestPattern(suite: "a"), reason: "r", expires: "2026-2-9"), ["/expires"]),
            (KnownIssueWish(pattern: TestPattern(suite: "a"), reason: "r", expires: "0000-01-01"), ["/expires"]),
            (
                KnownIssueWish(
                    pattern: TestPattern(suite: "a"),
                    reason: "r",
                    url: "https://bugs.example.org/17?a=b",
                    expires: "2028-02-29"
                ), []
            ),
            (KnownIssueWish(pattern: TestPattern(environment: "qemu", test: "a*"), reason: "r"), []),
        ] as [(KnownIssueWish, [String])]
    )
    func faults(wish: KnownIssueWish, pointers: [String]) {
        #expect(wish.faults.map(\.pointer) == pointers)
    }

    @Test("One holds to the end of its last day")
    func expiry() {
        let wish = KnownIssueWish(pattern: TestPattern(suite: "a"), reason: "r", expires: "2026-12-31")
        #expect(!wish.isExpired(on: "2026-12-31"))
        #expect(wish.isExpired(on: "2027-01-01"))
        #expect(!KnownIssueWish(pattern: TestPattern(suite: "a"), reason: "r").isExpired(on: "9999-12-31"))
        let configured = ConfiguredKnownIssues([
            "g/p": [wish, KnownIssueWish(pattern: TestPattern(suite: "old"), reason: "r", expires: "2020-01-01")]
        ])
        #expect(configured.issues(of: "g/p", includingExpired: true).map(\.suite) == ["a", "old"])
        #expect(configured.issues(of: "g/p").contains { $0.suite == "old" } == false)
        #expect(configured.issues(of: "g/q").isEmpty)
    }
}
