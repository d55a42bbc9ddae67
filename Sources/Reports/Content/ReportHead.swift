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
        var worse: Int { regressions.total + newFailures.total }
        var changes: Int { worse + fixes.total + vanished.total + missingEnvironments }
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

    /// The head of a report in JSON.
    ///
    /// - Throws: `DecodingError` for what is no report.
    package init(of document: String) throws {
        self = try JSONDecoder().decode(ReportHead.self, from: Data(document.utf8))
    }

    /// Why the report is not mailed to who wants it only `when` it tells of something; `nil`: it is.
    ///
    /// What could not be compared is never taken for unchanged.
    package func silence(_ when: MailWhen) -> String? {
        let quiet: String? =
            switch when {
            case .always: nil
            case .never: "nobody wants it"
            case .incomplete: isIncomplete ? nil : "nothing is missing"
            case .regression: hasWorse ? nil : "no test regressed"
            case .change: hasChanged ? nil : "nothing has changed"
            }
        return quiet.map { words in
            let since = [.change, .regression].contains(when) ? baseline?.build.map { " since \($0)" } : nil
            return "not sent: \(words)\(since ?? "") (mail_when: \(when.rawValue))"
        }
    }

    /// Whether a build is as good as its baseline, or better, and nothing of it is missing: what a `Tested-by:` may be
    /// put under.
    package var isGood: Bool {
        totals.tests.pass > 0 && totals.jobs["complete"] == totals.jobs["total"]
            && (comparison?.missingEnvironments ?? 0) == 0
            && (verdict == Verdict.passed.rawValue
                || verdict == Verdict.failed.rawValue && !hasWorse && !jobset.isCutShort)
    }

    private var isIncomplete: Bool {
        verdict == Verdict.incomplete.rawValue || totals.jobs["missing"] ?? 0 > 0
    }

    private var isCompared: Bool { comparison != nil && missing?.contains { $0.part == "comparison" } != true }

    private var hasWorse: Bool {
        comparison?.worse ?? 0 > 0 || !isCompared && totals.tests.fail > 0
    }

    private var hasChanged: Bool {
        guard isCompared, let comparison else { return true }
        return comparison.changes > 0 || baseline?.verdict != verdict
    }
}
