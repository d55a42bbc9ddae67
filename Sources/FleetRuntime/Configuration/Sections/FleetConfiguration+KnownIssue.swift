// SPDX-License-Identifier: Apache-2.0

package import Fleet

extension FleetConfiguration {
    /// A failure that a project knows of: section `projects."<group>/<project>".known_issues.<name>`.
    struct KnownIssueSection: ConfigurationSection {
        @Key("environment", .glob, default: "*", "the environments that the known issue is about")
        private var environment: String

        @Key("suite", .glob, default: "*", "the suites that the known issue is about")
        private var suite: String

        @Key("test", .glob, default: "*", "the tests that the known issue is about; their failures do not fail a build")
        private var test: String

        @Key("reason", required: .text, "what is known, shown in reports")
        private var reason: String

        @Key("url", .link, "a page about the known issue, such as a bug report")
        private var url: String?

        @Key("expires", .day, "the last day on which the known issue holds, in UTC; default: no end")
        private var expires: String?

        var wish: KnownIssueWish {
            KnownIssueWish(
                pattern: TestPattern(environment: environment, suite: suite, test: test),
                reason: reason,
                url: url,
                expires: expires
            )
        }

        var conflicts: [ConfigurationFault] {
            let pattern = wish.pattern.faults.map { $test.fault($0.reason) }
            let text = KnownIssueWish.complaint(aboutReason: reason).map { [$reason.fault($0)] } ?? []
            return pattern + text
        }
    }

    /// The failures that each project knows of. The store has more.
    package var knownIssues: ConfiguredKnownIssues { ConfiguredKnownIssues(projects.mapValues(\.knownIssues)) }
}
