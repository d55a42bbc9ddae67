// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What a test said in the latest jobsets of its project, by environment.
package struct TestHistory: Sendable, Codable, Equatable {
    package var suite: String
    /// The test case's name.
    package var test: String
    /// The environments in which its suite has run, by name.
    package var environments: [EnvironmentHistory]

    /// Of how many jobsets the history of a suite is kept, by environment.
    package static let maximumJobsets = 100

    /// A history as given.
    package init(suite: String, test: String, environments: [EnvironmentHistory]) {
        self.suite = suite
        self.test = test
        self.environments = environments
    }
}

/// What a test said in one environment.
package struct EnvironmentHistory: Sendable, Codable, Equatable {
    package var environment: String
    /// In how many of these jobsets it failed, known failures among them.
    package var failed: Int
    /// In how many it ran: it passed or failed.
    package var ran: Int
    /// The latest jobsets in which its suite ran, the latest first.
    package var jobsets: [PastResult]

    /// A history of these jobsets.
    package init(environment: String, jobsets: [PastResult]) {
        self.environment = environment
        self.jobsets = jobsets
        failed = jobsets.count { $0.status == .fail || $0.status == .xfail }
        ran = failed + jobsets.count { $0.status == .pass }
    }
}

/// What a test said in a jobset; of several jobs of an environment that ran it, the worst counts.
package struct PastResult: Sendable, Codable, Equatable {
    /// The jobset.
    package var id: UUID
    /// The version of its build.
    package var version: String
    /// When it was accepted.
    package var createdAt: Date
    /// `nil` where its suite ran without it.
    package var status: ResultStatus?
    /// What it measured; of several jobs, the mean.
    package var measurement: Double?

    /// A run as given.
    package init(id: UUID, version: String, createdAt: Date, status: ResultStatus?, measurement: Double? = nil) {
        self.id = id
        self.version = version
        self.createdAt = createdAt
        self.status = status
        self.measurement = measurement
    }
}

/// A test of an environment, whatever job runs it.
package struct EnvironmentTest: Sendable, Hashable {
    package let environment: String
    package let suite: String
    package let name: String

    /// A test by its names.
    package init(environment: String, suite: String, name: String) {
        self.environment = environment
        self.suite = suite
        self.name = name
    }
}

extension ComparedTest {
    /// What its history goes by.
    package var environmentTest: EnvironmentTest { EnvironmentTest(environment: environment, suite: suite, name: name) }
}

extension TestResult {
    /// What its history goes by.
    package var environmentTest: EnvironmentTest { EnvironmentTest(environment: environment, suite: suite, name: name) }
}

/// How often a test failed in the jobsets before.
package struct EarlierRuns: Sendable, Codable, Equatable {
    /// In how many of them it failed, known failures among them.
    package var failed: Int
    /// In how many it ran: it passed or failed.
    package var ran: Int

    /// Numbers as given.
    package init(failed: Int, ran: Int) {
        self.failed = failed
        self.ran = ran
    }

    /// What several tests come to.
    package static func + (left: EarlierRuns, right: EarlierRuns) -> EarlierRuns {
        EarlierRuns(failed: left.failed + right.failed, ran: left.ran + right.ran)
    }
}
