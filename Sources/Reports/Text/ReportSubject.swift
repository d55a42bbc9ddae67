// SPDX-License-Identifier: Apache-2.0

import Fleet

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
