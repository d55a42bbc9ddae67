// SPDX-License-Identifier: Apache-2.0

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
