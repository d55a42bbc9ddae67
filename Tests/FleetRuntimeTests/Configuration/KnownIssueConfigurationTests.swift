// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Foundation
import Testing

@Suite("Known issues in the configuration, names within names")
struct KnownIssueConfigurationTests {
    private static func text(_ issues: String) -> String {
        """
        \(ConfigurationLoadingTests.smallest)
        projects:
          g/p-5.4:
            known_issues:
        \(issues)
        """
    }

    @Test("Each is read with its name's order, and the environment overrides it")
    func read() throws {
        let text = Self.text(
            """
                  two: {suite: ltp, reason: r2, url: "https://bugs.example.org/2", expires: 2999-12-31}
                  one: {environment: "qemu*", test: "a*", reason: r1}
            """
        )
        let variables = ["MUSTER_PROJECTS_G_P_5_4_KNOWN_ISSUES_ONE_REASON": "from outside"]
        let configuration = try FleetConfiguration.load(text: text, environment: variables)
        #expect(configuration.warnings.isEmpty)
        #expect(
            configuration.projects["g/p-5.4"]?.knownIssues == [
                KnownIssueWish(pattern: TestPattern(environment: "qemu*", test: "a*"), reason: "from outside"),
                KnownIssueWish(
                    pattern: TestPattern(suite: "ltp"),
                    reason: "r2",
                    url: "https://bugs.example.org/2",
                    expires: "2999-12-31"
                ),
            ]
        )
        #expect(configuration.knownIssues.issues(of: "g/p-5.4").map(\.reason) == ["from outside", "r2"])
    }

    @Test(
        "What is wrong is said with its whole name and its line",
        arguments: [
            ("      one: {reason: r}", "projects.g/p-5.4.known_issues.one.test", "must not be * if suite is * too"),
            ("      one: {suite: a}", "projects.g/p-5.4.known_issues.one.reason", "is missing"),
            ("      one: {suite: a, reason: r, pattern: x}", "projects.g/p-5.4.known_issues.one.pattern", "not a key"),
            (
                "      one: {suite: a, reason: r, url: nowhere}", "projects.g/p-5.4.known_issues.one.url",
                "must be a URL"
            ),
            ("      one: {suite: a, reason: r, expires: 2026-13-01}", "known_issues.one.expires", "must be a day"),
            ("      a b: {suite: a, reason: r}", "projects.g/p-5.4.known_issues.a b", "must be named"),
            ("      [a]", "projects.g/p-5.4.known_issues", "must be a mapping"),
        ]
    )
    func faults(issues: String, place: String, words: String) {
        let faults = ConfigurationLoadingTests.faults(Self.text(issues))
        #expect(faults.contains { $0.contains(place) && $0.contains(words) }, "\(faults)")
    }
}
