// SPDX-License-Identifier: Apache-2.0

/// Which reports are mailed.
package enum MailWhen: String, Sendable, Codable, CaseIterable {
    /// All.
    case always
    /// Those that differ from their baseline: in the verdict, or in a test.
    case change
    /// Those in which a test fails that did not fail in the baseline.
    case regression
    /// Those of builds of which something is missing.
    case incomplete
    /// None.
    case never
}

/// Which part of a build a receiver of mails cares for: globs of environments and suites, one of which must match.
package struct MailScope: Sendable, Hashable {
    package var environments: [String]
    package var suites: [String]

    package init(environments: [String] = [], suites: [String] = []) {
        self.environments = environments
        self.suites = suites
    }

    /// Whether it is all of it.
    package var isEverything: Bool { environments.isEmpty && suites.isEmpty }

    package func hasEnvironment(_ environment: String) -> Bool { Self.matches(environments, environment) }

    package func has(environment: String, suite: String) -> Bool {
        hasEnvironment(environment) && Self.matches(suites, suite)
    }

    private static func matches(_ globs: [String], _ text: String) -> Bool {
        globs.isEmpty || globs.contains { TestPattern.matches($0, text) }
    }
}

/// A day of the week.
package enum Weekday: String, Sendable, CaseIterable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    /// From 1, as ISO 8601 counts them.
    package var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
}
