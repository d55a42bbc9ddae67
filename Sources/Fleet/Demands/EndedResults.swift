// SPDX-License-Identifier: Apache-2.0

/// What the results of a job that its lab ran to its end say about whether they are all there.
package struct EndedResults: Sendable, Equatable {
    /// How many test cases came of each suite; LAVA's own is none of them.
    package var suites: [String: Int] = [:]
    /// What they said.
    package var tests = TestCounts()
    /// The steps of LAVA's own suite that failed at last.
    package var failedSteps: [String] = []

    package init() {}

    /// Why the results say nothing, in words; `nil` when they do.
    package var emptiness: String? {
        let isEmpty = suites.values.allSatisfy { $0 == 0 }
        let parts = [
            isEmpty ? "it completed without a result of its own" : nil,
            failedSteps.isEmpty
                ? nil
                : "LAVA's \(failedSteps.count == 1 ? "step" : "steps") \(shownSteps) failed\(isEmpty ? "" : ", though it completed")",
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private var shownSteps: String {
        let more = failedSteps.count > Self.listed ? " and \((failedSteps.count - Self.listed).grouped) more" : ""
        return failedSteps.prefix(Self.listed).joined(separator: ", ") + more
    }

    private static let listed = 10
}
