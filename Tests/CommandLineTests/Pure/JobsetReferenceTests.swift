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
            "6f1c0000-0000-4", "group/project/v1", "/group/project/v1", "group/project/v1/rc2",
            "group/project/v1@latest",
            "group/project@latest", "a/b/c@d",
        ]
    )
    func names(text: String) { #expect(JobsetReference(argument: text) != nil) }

    @Test(
        "Everything else is none",
        arguments: [
            "", "6f1", "xyz", "group/project", "group//v1", "//", "/", "group/project/", "@latest", "group@latest",
            "6f1c@latest", String(repeating: "0", count: 33), "group/project/@latest",
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
        for text in ["", "d", "-1d", "1y", "1.5h", "2026-13-01", "99999999999999999999d", "7 d"] {
            #expect(Time(argument: text) == nil, "\(text)")
        }
    }

    @Test("A page is opened by BROWSER, by xdg-open on a desktop, else not at all")
    func browser() {
        #expect(WebPage.program(in: ["BROWSER": "/opt/firefox:lynx"]) == "/opt/firefox")
        #expect(WebPage.program(in: ["PATH": "/usr/bin:/bin", "BROWSER": "sh"])?.hasSuffix("/sh") == true)
        #expect(WebPage.program(in: ["PATH": "/usr/bin"]) == nil)
        #expect(WebPage.program(in: ["PATH": "/nowhere", "DISPLAY": ":0"]) == nil)
    }
}
