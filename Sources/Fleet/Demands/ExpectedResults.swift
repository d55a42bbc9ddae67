// SPDX-License-Identifier: Apache-2.0

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
