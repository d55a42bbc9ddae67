// SPDX-License-Identifier: Apache-2.0

/// What the operator demands of the jobs of each project, where documents say nothing else. It is taken when jobs are
/// accepted.
package struct ProjectDemands: Sendable, Hashable {
    /// What one project demands.
    package struct Demand: Sendable, Hashable {
        /// `nil`: nobody looks for empty jobs.
        package var emptyJobs: EmptyJobs?
        package var expect: ExpectedResults

        package init(emptyJobs: EmptyJobs?, expect: ExpectedResults = ExpectedResults()) {
            self.emptyJobs = emptyJobs
            self.expect = expect
        }
    }

    private let usual: Demand
    private let projects: [String: Demand]

    /// - Parameters:
    ///   - usual: What is demanded of projects that are not named.
    ///   - projects: By `group/project`.
    package init(usual: Demand, projects: [String: Demand] = [:]) {
        self.usual = usual
        self.projects = projects
    }

    /// Nothing is demanded.
    package static let none = ProjectDemands(usual: Demand(emptyJobs: nil))

    /// What is demanded of jobs of this build.
    package func demand(of build: Build) -> Demand { projects["\(build.group)/\(build.project)"] ?? usual }
}

/// What becomes of a job that its lab ran to its end, but that brought no result of its own, or in which a step of LAVA's own
/// suite failed. Nobody knows whether what was to be tested is good.
package enum EmptyJobs: String, Sendable, Codable, CaseIterable {
    /// It counts as incomplete.
    case incomplete
    /// It passes, and is told of.
    case pass
}

/// What results a job is to bring: `expect` in a document.
package struct ExpectedResults: Sendable, Hashable, Codable {
    /// Suites of which it must have at least one test case, as their authors named them.
    package var suites: [String]
    /// The least number of test cases; 0: any.
    package var cases: Int

    package init(suites: [String] = [], cases: Int = 0) {
        self.suites = suites
        self.cases = cases
    }

    /// Whether it asks for anything.
    package var isEmpty: Bool { suites.isEmpty && cases == 0 }

    /// The most suites that can be named.
    package static let maximumSuites = 100
    /// The longest name of a suite, in bytes.
    package static let maximumSuiteBytes = 255
    /// All numbers of test cases that can be asked for.
    package static let caseNumbers = 0...10_000_000

    /// It in one text, for a digest.
    var described: String { "\(cases) \(suites.map { "\($0.utf8.count):\($0)" }.joined(separator: " "))" }

    /// What is missing of it, in words; `nil` when nothing is.
    ///
    /// - Parameter results: What came.
    package func missing(from results: EndedResults) -> String? {
        var parts: [String] = []
        let absent = suites.filter { !results.foundSuites.contains($0) }
        if !absent.isEmpty {
            let more = absent.count > Self.listed ? " and \((absent.count - Self.listed).grouped) more" : ""
            let names = absent.prefix(Self.listed).joined(separator: ", ")
            parts.append("\(absent.count == 1 ? "the suite" : "the suites") \(names)\(more) brought no results")
        }
        let number = results.tests.total
        if number < cases {
            parts.append("\(number.grouped) of at least \(cases.grouped) test cases arrived")
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private static let listed = 10
}

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
