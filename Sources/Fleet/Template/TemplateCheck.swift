// SPDX-License-Identifier: Apache-2.0

/// Tries a template on two made-up reports before a jobset is taken: a fault in it is its author's to hear of now, and
/// not in the hour when the last job comes back.
///
/// It also keeps values in their place. Strings here are letters, so that a string without quotes around it, which a
/// hostile name could break out of, is no JSON.
enum TemplateCheck {
    /// More than a template can give of the samples, unless it means to.
    private static let maximumSampleBytes = 262_144

    /// What is wrong with `text`, or `nil`.
    static func complaint(
        about text: String,
        contentType: CallbackContentType,
        parameters: [String: String],
        events: [JobsetEvent]
    ) -> String? {
        do {
            let template = try BodyTemplate(text, contentType: contentType)
            for (event, verdict, json) in SampleReport.all where events.contains(event) {
                let facts = TemplateFacts(
                    json: json,
                    event: event,
                    verdict: verdict,
                    summary: "sample",
                    parameters: parameters.mapValues { _ in "sample" }
                )
                _ = try template.render(facts, maximumBytes: maximumSampleBytes)
            }
            return nil
        } catch {
            return error.description
        }
    }
}

/// Reports as templates are tried on: one with everything that a report can have, and one of a jobset without jobs.
enum SampleReport {
    private static let issue = """
        {"environment": "sample", "suite": "sample", "test": "sample", "reason": "sample", "url": "sample",
        "failures": 1, "passes": 1, "environments": 1}
        """
    private static let tests = #"{"total": 4, "pass": 1, "fail": 1, "xfail": 1, "skip": 1, "unknown": 0}"#
    private static let labJob = """
        {"number": 1, "role": "sample", "health": "sample", "device": "sample", "url": "sample", "results_left_out": 1}
        """
    private static let end = #"{"outcome": "incomplete", "reason": "sample", "tests": \#(tests)}"#

    private static func jobset(_ more: String) -> String {
        """
        {"id": "sample", "build": "sample", "generation": 1, "created_at": "sample", "finished_at": "sample", \(more)}
        """
    }

    private static func job(_ outcome: String) -> String {
        """
        {"position": 0, "environment": "sample", "name": "sample", "backend": "sample", "outcome": "\(outcome)",
        "reason": "sample", "attempts": 2, "tests": \(tests), "lab_jobs": [\(labJob), \(labJob)], "attempt_history": [{"number": 1,
        "outcome": "incomplete", "reason": "sample", "submitted_at": "sample", "ended_at": "sample",
        "lab_jobs": [\(labJob)]}]}
        """
    }

    private static let test = """
        {"job": 0, "environment": "sample", "job_name": "sample", "suite": "sample", "suite_number": 1,
        "name": "sample", "lab_job": 1, "role": "sample", "url": "sample", "measurement": "sample", "units": "sample", "start_log_line": 1,
        "earlier": {"failed": 1, "ran": 2}}
        """

    private static func outcomes(_ total: Int) -> String {
        """
        {"total": \(total), "complete": 0, "incomplete": \(total), "canceled": 0, "rejected": 0, "lost": 0, "expired": 0,
        "undeliverable": 0, "missing": \(total)}
        """
    }

    /// What templates are tried on.
    static let all: [(JobsetEvent, Verdict?, String)] =
        [(.finished, .incomplete, full), (.finished, .passed, empty)]
        + JobsetEvent.allCases.filter { $0 != .finished }.map { ($0, nil, event) }

    /// What is told of an event other than the end.
    static let event = """
        {"jobset": {"id": "sample", "build": "sample", "generation": 1, "labels": {"sample": "sample"}},
        "happened_at": "sample", "total": 2, "pending": 1, "failures": 1, "canceled_reason": "sample",
        "deadline": "sample", "job": {"position": 0, "environment": "sample", "name": "sample", "backend": "sample",
        "outcome": "incomplete", "reason": "sample", "tests_failed": 1}}
        """

    /// Every member of a report, and of each list two elements.
    static let full = """
        {"schema": "muster.report.v1", "verdict": "incomplete", "sentence": "sample", "url": "sample",
        "jobset": \(jobset(
            #""canceled_at": "sample", "canceled_reason": "sample", "deadline_passed_at": "sample", "#
                + #""sealed_reason": "sample", "labels": {"sample": "sample", "second": "sample"}, "source": {"tree": "sample", "#
                + #""git_url": "sample", "branch": "sample", "commit": "sample", "describe": "sample", "config": "sample", "#
                + #""patchset_hash": "sample", "architecture": "sample", "compiler": "sample"}"#
        )),
        "totals": {"jobs": \(outcomes(2)), "retried_jobs": 1, "results_left_out": 1, "tests": \(tests)},
        "change": {"generation": 1, "verdict": "failed", "began_at": "sample", "jobs": [{"position": 0, "environment": "sample",
        "name": "sample", "backend": "sample", "before": \(end), "after": \(end)}], "jobs_omitted": 1},
        "jobs": [\(job("incomplete")), \(job("complete"))], "jobs_omitted": 1,
        "failed_tests": [\(test), \(test)], "failed_tests_omitted": 1, "known_issues": [\(issue), \(issue)],
        "environments": [{"environment": "sample", "jobs": 1, "complete": 1, "tests": \(tests)}],
        "environments_omitted": 1, "suites_omitted": 1, "metrics_omitted": 1}
        """

    /// As little as a report can have.
    static let empty = """
        {"schema": "muster.report.v1", "verdict": "passed", "sentence": "sample", "jobset": \(jobset(#""labels": {}"#)),
        "totals": {"jobs": \(outcomes(0)), "retried_jobs": 0, "results_left_out": 0, "tests": \(tests)},
        "jobs": [], "jobs_omitted": 0, "failed_tests": [], "failed_tests_omitted": 0, "known_issues": [],
        "environments": [],
        "environments_omitted": 0, "suites_omitted": 0, "metrics_omitted": 0}
        """
}
