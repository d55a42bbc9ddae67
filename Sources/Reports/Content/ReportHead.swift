// SPDX-License-Identifier: Apache-2.0

package import Fleet
import Foundation

/// What a report of the archive says in short: all that a mail needs to know of it before it is made.
package struct ReportHead: Decodable, Sendable {
    struct Jobset: Decodable, Sendable {
        let build: String
        let generation: Int
        let sealedReason: String?
        let deadlinePassedAt: String?

        enum CodingKeys: String, CodingKey {
            case build, generation
            case sealedReason = "sealed_reason"
            case deadlinePassedAt = "deadline_passed_at"
        }

        /// Whether its owner may have had more jobs for it.
        var isCutShort: Bool { sealedReason != nil || deadlinePassedAt != nil }
    }

    struct Totals: Decodable, Sendable {
        struct Tests: Decodable, Sendable {
            let total: Int
            let pass: Int
            let fail: Int
        }

        /// By outcome, and `total`.
        let jobs: [String: Int]
        let tests: Tests
    }

    struct Baseline: Decodable, Sendable {
        let build: String?
        let verdict: String?
    }

    struct Comparison: Decodable, Sendable {
        struct Kind: Decodable, Sendable {
            let total: Int
            /// Those that are listed.
            let tests: [Place]?
            let omitted: Int?

            /// How many are in the scope, or may be.
            func count(in scope: MailScope) -> Int {
                guard !scope.isEverything, let tests else { return total }
                return tests.count { scope.has(environment: $0.environment, suite: $0.suite) } + (omitted ?? 0)
            }
        }

        let regressions: Kind
        let newFailures: Kind
        let fixes: Kind
        let vanished: Kind
        let missingEnvironments: Int

        enum CodingKeys: String, CodingKey {
            case regressions, fixes, vanished
            case newFailures = "new_failures"
            case missingEnvironments = "missing_environments"
        }

        /// How many tests fail that did not fail before.
        func worse(in scope: MailScope = MailScope()) -> Int {
            regressions.count(in: scope) + newFailures.count(in: scope)
        }

        /// Which environments are missing is not told.
        func changes(in scope: MailScope) -> Int {
            worse(in: scope) + fixes.count(in: scope) + vanished.count(in: scope) + missingEnvironments
        }
    }

    /// Where a test ran.
    struct Place: Decodable, Sendable {
        let environment: String
        let suite: String
    }

    struct Environment: Decodable, Sendable {
        let environment: String
        let jobs: Int
        let complete: Int
    }

    struct Missing: Decodable, Sendable {
        let part: String
    }

    let jobset: Jobset
    let verdict: String
    let totals: Totals
    let baseline: Baseline?
    let comparison: Comparison?
    let missing: [Missing]?
    private let failedTests: [Place]?
    private let failedTestsOmitted: Int?
    private let suites: [Place]?
    private let suitesOmitted: Int?
    private let environments: [Environment]?
    private let environmentsOmitted: Int?

    enum CodingKeys: String, CodingKey {
        case jobset, verdict, totals, baseline, comparison, missing, suites, environments
        case failedTests = "failed_tests"
        case failedTestsOmitted = "failed_tests_omitted"
        case suitesOmitted = "suites_omitted"
        case environmentsOmitted = "environments_omitted"
    }

    /// The head of a report in JSON.
    ///
    /// - Throws: `DecodingError` for what is no report.
    package init(of document: String) throws {
        self = try JSONDecoder().decode(ReportHead.self, from: Data(document.utf8))
    }

    /// Why the report is not mailed to who wants it only `when` it tells of something in a scope; `nil`: it is.
    ///
    /// What could not be compared is never taken for unchanged, and what the report does not list may be in the scope.
    package func silence(_ when: MailWhen, in scope: MailScope = MailScope()) -> String? {
        let quiet: String? =
            switch when {
            case .always: hasRun(in: scope) ? nil : "nothing ran"
            case .never: "nobody wants it"
            case .incomplete: isIncomplete(in: scope) ? nil : "nothing is missing"
            case .regression: hasWorse(in: scope) ? nil : "no test regressed"
            case .change: hasChanged(in: scope) ? nil : "nothing has changed"
            }
        return quiet.map { words in
            let since = [.change, .regression].contains(when) ? baseline?.build.map { " since \($0)" } : nil
            let place =
                scope.isEverything || when == .never ? "" : " in the environments and suites that were asked for"
            return "not sent: \(words)\(place)\(since ?? "") (mail_when: \(when.rawValue))"
        }
    }

    /// Whether a build is as good as its baseline, or better, and nothing of it is missing: what a `Tested-by:` may be
    /// put under.
    package var isGood: Bool {
        totals.tests.pass > 0 && totals.jobs["complete"] == totals.jobs["total"]
            && (comparison?.missingEnvironments ?? 0) == 0
            && (verdict == Verdict.passed.rawValue
                || verdict == Verdict.failed.rawValue && !hasWorse() && !jobset.isCutShort)
    }

    private func hasRun(in scope: MailScope) -> Bool {
        guard !scope.isEverything else { return true }
        if scope.suites.isEmpty {
            guard let environments, environmentsOmitted ?? 0 == 0 else { return true }
            return environments.contains { scope.hasEnvironment($0.environment) }
        }
        guard let suites, suitesOmitted ?? 0 == 0 else { return true }
        return suites.contains { scope.has(environment: $0.environment, suite: $0.suite) }
    }

    private func isIncomplete(in scope: MailScope) -> Bool {
        guard verdict == Verdict.incomplete.rawValue || totals.jobs["missing"] ?? 0 > 0 else { return false }
        guard !scope.environments.isEmpty, let environments, environmentsOmitted ?? 0 == 0 else { return true }
        return environments.contains { scope.hasEnvironment($0.environment) && $0.complete < $0.jobs }
    }

    private var isCompared: Bool { comparison != nil && missing?.contains { $0.part == "comparison" } != true }

    private func hasWorse(in scope: MailScope = MailScope()) -> Bool {
        if comparison?.worse(in: scope) ?? 0 > 0 { return true }
        guard !isCompared, totals.tests.fail > 0 else { return false }
        guard !scope.isEverything, let failedTests, failedTestsOmitted ?? 0 == 0 else { return true }
        return failedTests.contains { scope.has(environment: $0.environment, suite: $0.suite) }
    }

    /// The verdict is one of the whole build, so it says nothing of a part of it.
    private func hasChanged(in scope: MailScope) -> Bool {
        guard isCompared, let comparison else { return scope.isEverything || hasRun(in: scope) }
        return comparison.changes(in: scope) > 0 || scope.isEverything && baseline?.verdict != verdict
    }
}

/// A report in one line, such as a mail's subject: what it tells of first, then the verdict and what it comes from.
package enum ReportSubject {
    /// `[group/project] version: FAILED, 2 of 120 jobs missing, 3 of 741 tests failed`.
    package static func line(_ head: ReportHead) -> String {
        let jobset = head.jobset
        let name = Build(jobset.build).map { "[\($0.group)/\($0.project)] \($0.version)" } ?? jobset.build
        let again = jobset.generation > 1 ? ", retried" : ""
        let jobs = head.totals.jobs
        let words = VerdictWords(head.verdict, outcomes: jobs, total: jobs["total"] ?? 0)
        let parts = ["\(name): \(words.headline)"] + reasons(head.totals.tests)
        return HarmlessText.line(parts.joined(separator: ", ") + again, limit: 200)
    }

    /// The same by a template of the project's or the publisher's own; where that gives nothing, the usual line.
    ///
    /// - Parameter document: The report that `head` is of, in JSON.
    package static func line(_ head: ReportHead, _ document: String, template: String?) -> String {
        let usual = line(head)
        guard let template else { return usual }
        let facts = TemplateFacts(
            json: document,
            event: .finished,
            verdict: Verdict(rawValue: head.verdict),
            summary: usual,
            parameters: [:]
        )
        return MailSubject.line(template, facts) ?? usual
    }

    private static func reasons(_ tests: ReportHead.Totals.Tests) -> [String] {
        if tests.fail > 0 {
            return ["\(tests.fail.grouped) of \(tests.total.grouped) \(tests.total == 1 ? "test" : "tests") failed"]
        }
        return tests.pass > 0 ? ["\(tests.pass.grouped) \(tests.pass == 1 ? "test" : "tests") passed"] : []
    }
}
