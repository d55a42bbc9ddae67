// SPDX-License-Identifier: Apache-2.0

import Fleet

/// A failed test case by what tells it from others, as a comparison and a list of results both have it.
struct FailedCase: Hashable {
    private let environment: String
    private let jobName: String?
    private let suite: String
    private let role: String?
    private let name: String
    private let labJob: Int?
    private let startLogLine: Int?

    init(_ test: ComparedTest) {
        (environment, jobName, suite, role) = (test.environment, test.jobName, test.suite, test.role)
        (name, labJob, startLogLine) = (test.name, test.labJob, test.startLogLine)
    }

    init(_ test: TestResult) {
        (environment, jobName, suite, role) = (test.environment, test.jobName, test.suite, test.role)
        (name, labJob, startLogLine) = (test.name, test.labJob, test.startLogLine)
    }
}
