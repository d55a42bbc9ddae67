// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CommandLine

@Suite("The address of a server")
struct ServerAddressTests {
    @Test(
        "A usable one has its root",
        arguments: [
            ("https://muster.example.com", "https://muster.example.com"), ("https://m.example/", "https://m.example"),
            ("https://m.example/fleet/api/v1/", "https://m.example/fleet"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost", "http://localhost"), ("http://[::1]:8080", "http://[::1]:8080"),
        ]
    )
    func usable(text: String, root: String) throws {
        #expect(try ServerAddress(text, isClearAllowed: false).root == root)
    }

    @Test(
        "A token does not go in clear to another machine, unless a person says so",
        arguments: [
            "http://muster.example.com", "http://127.0.0.1.example.com", "http://10.0.0.1", "http://127.1.example",
            "http://[::2]", "http://localhost.example",
        ]
    )
    func clear(text: String) throws {
        #expect(throws: CommandFailure.self) { try ServerAddress(text, isClearAllowed: false) }
        _ = try ServerAddress(text, isClearAllowed: true)
    }

    @Test(
        "What is none is refused",
        arguments: [
            "", "muster.example.com", "ftp://x", "https://", "https://u:hunter2@x", "https://x?a=b", "https://x:0",
            "https://x:99999", "file:///etc/passwd", "https://x#y",
        ]
    )
    func none(text: String) {
        let failure = #expect(throws: CommandFailure.self) { try ServerAddress(text, isClearAllowed: true) }
        #expect(failure?.status == .usage)
        #expect(failure?.lines.joined().contains("hunter2") == false)
    }

    @Test(
        "Nothing that stands in place of one traps",
        arguments: [
            "https://%zz", "https://x/%zz", "https://u%zz@x", "https://%", "https://x:%30", "https://[::1",
            "https://x\u{0}",
            "https://\u{e9}\u{301}", "https://[%zz]", "https://x?%zz", "//", ":", "https:///", "https://x/\u{1B}[31m",
        ]
    )
    func odd(text: String) {
        _ = try? ServerAddress(text, isClearAllowed: true)
    }

    @Test(
        "Options before the verb go behind it",
        arguments: [
            (["--server", "u", "ls"], ["ls", "--server", "u"]),
            (
                ["-v", "--token=t", "dead", "list", "--limit", "1"],
                ["dead", "list", "--limit", "1", "-v", "--token=t"]
            ),
            (["--server", "u", "submit", "--", "-x"], ["submit", "--server", "u", "--", "-x"]),
            (["ls", "--server", "u"], ["ls", "--server", "u"]), (["--server", "u"], ["--server", "u"]),
            (["--version"], ["--version"]), ([], []), (["--server"], ["--server"]),
        ]
    )
    func leading(given: [String], moved: [String]) {
        #expect(LeadingOptions.moved(given) == moved)
    }

    @Test(
        "A number that no count comes to is not believed",
        arguments: [
            (#"{"a": 999999999999}"#, true), (#"{"a": 9223372036854775807}"#, false),
            (#"{"a": -9223372036854775808}"#, false),
            (#"{"a": 1e300}"#, false), (#"{"a": "9223372036854775807"}"#, true),
            (#"{"9\"99999999999999999": 1}"#, true),
            (#"{"a": 1.5, "e": true}"#, true),
        ]
    )
    func numbers(text: String, isBelieved: Bool) {
        #expect(ServerAnswer.hasBelievableNumbers(Array(text.utf8)) == isBelieved)
    }
}
