// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CommandLine

@Suite("How jobsets and times are named")
struct JobsetReferenceTests {
    @Test(
        "Ids, beginnings of ids and builds are names",
        arguments: [
            "6f1c0000-0000-4000-8000-00000000002a", "6F1C0000-0000-4000-8000-00000000002A", "6f1c", "6F1C0000",
            "6f1c0000-0000-4", "group/project/v1", "/group/project/v1", "~me/project/v1", "group/project/v1@latest",
            "group/project@latest",
        ]
    )
    func names(text: String) { #expect(JobsetReference(argument: text) != nil) }

    @Test(
        "Everything else is none",
        arguments: [
            "", "6f1", "xyz", "group/project", "group//v1", "//", "/", "group/project/", "@latest", "group@latest",
            "6f1c@latest", "group/project/v1/rc2", "a/b/c@d", "*@latest", "group/*@latest",
            String(repeating: "0", count: 33), "group/project/@latest",
        ]
    )
    func others(text: String) { #expect(JobsetReference(argument: text) == nil) }

    @Test("Times are dates, days, or ages")
    func times() throws {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let cases: [(String, TimeInterval)] = [
            ("0s", 0), ("90m", -5_400), ("12h", -43_200), ("7d", -604_800), ("2w", -1_209_600),
        ]
        for (text, offset) in cases {
            #expect(Time(argument: text, now: now)?.date == now.addingTimeInterval(offset), "\(text)")
        }
        #expect(Time(argument: "2026-11-26")?.date == Time(argument: "2026-11-26T00:00:00Z")?.date)
        #expect(Time(argument: "2026-11-26") != nil)
        for text in ["", "d", "-1d", "1y", "1.5h", "2026-13-01", "99999999999999999999d", "7 d", "+5d", "9999999w"] {
            #expect(Time(argument: text) == nil, "\(text)")
        }
    }

    @Test("A page is opened by BROWSER, by xdg-open on a desktop, else not at all")
    func browser() {
        func command(_ environment: [String: String]) -> [String]? {
            WebPage.command(for: "https://m/", in: environment)
        }
        #expect(command(["BROWSER": "/nowhere/firefox:/bin/sh -x"]) == ["/bin/sh", "-x", "https://m/"])
        #expect(command(["BROWSER": "/bin/sh %s -x "]) == ["/bin/sh", "https://m/", "-x"])
        #expect(command(["PATH": "/nowhere:/bin", "BROWSER": "sh"]) == ["/bin/sh", "https://m/"])
        #expect(command(["PATH": "/usr/bin"]) == nil)
        #expect(command(["PATH": "/nowhere", "DISPLAY": ":0"]) == nil)
        #expect(command(["BROWSER": "/nowhere/lynx"]) == nil)
    }

    @Test("A shell is offered nothing that it would run")
    func harmless() {
        for word in ["07dc5def", "kernel/next/v6.12-rc1", "lab_a"] { #expect(FleetCompletion.isHarmless(word)) }
        for word in ["$(reboot)", "a`b`", "~root", "a b", "a;b", "-x", "", "a\nb", "a'b", "*"] {
            #expect(!FleetCompletion.isHarmless(word), "\(word)")
        }
    }

    @Test("The fleet is found in a line that a shell completes, also as bash takes it apart")
    func line() {
        let whole = ["muster", "--server", "https://m:1/", "-v", "status", "--token-file=t", "07"]
        let apart = [
            "muster", "--server", "https", ":", "//m", ":", "1/", "-v", "status", "--token-file", "=", "t", "07",
        ]
        for words in [whole, apart] {
            #expect(LeadingOptions.found(in: words) == ["--server", "https://m:1/", "--token-file=t"], "\(words)")
        }
        #expect(LeadingOptions.found(in: ["muster", "status", "--server"]) == [])
    }
}
