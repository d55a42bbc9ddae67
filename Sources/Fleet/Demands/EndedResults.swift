// SPDX-License-Identifier: Apache-2.0

/// What the results of a job that its lab ran to its end say about whether they are all there. It does not grow with them:
/// a lab can invent as many names of suites and steps as it has results.
package struct EndedResults: Sendable, Equatable {
    /// What its test cases said; those of LAVA's own suite are none.
    package var tests = TestCounts()
    /// The suites that were expected of it and brought a test case.
    package var foundSuites: Set<String> = []
    /// How many steps of LAVA's own suite failed at last.
    package var failedStepTotal = 0
    /// The first of them.
    package var failedSteps: [String] = []

    package init() {}

    /// Why the results say nothing, in words; `nil` when they do.
    package var emptiness: String? {
        let isEmpty = tests.total == 0
        let parts = [
            isEmpty ? "it completed without a result of its own" : nil,
            failedStepTotal == 0
                ? nil
                : "LAVA's \(failedStepTotal == 1 ? "step" : "steps") \(shownSteps) failed\(isEmpty ? "" : ", though it completed")",
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private var shownSteps: String {
        let more = failedStepTotal - failedSteps.count
        return failedSteps.joined(separator: ", ") + (more > 0 ? " and \(more.grouped) more" : "")
    }

    /// How many failed steps are named.
    package static let listedSteps = 10
}
