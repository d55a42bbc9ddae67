// SPDX-License-Identifier: Apache-2.0

/// GitHub's status of a commit: `POST /repos/:owner/:repo/statuses/:sha`. The last one of a context counts.
struct GitHubStatus: TextTemplate {
    let name = "github-status"
    let headers = Self.apiHeaders
    let parameters = [
        TemplateParameter("context", .text("muster")), TemplateParameter(TemplateParameter.page, .nothing),
    ]
    let isState = true
    let text = Self.statusText

    func meaning(of status: Int) -> String? { Self.meaning(of: status) }

    /// As GitHub recommends.
    static let apiHeaders = ["accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"]

    /// What GitHub says when it takes something not.
    static func meaning(of status: Int) -> String? {
        switch status {
        case 401: "GitHub does not know the token"
        case 403: "the token may not do that, or has called too often"
        case 404: "GitHub has no such repository, or does not show it to the token"
        case 422: "GitHub has no such commit, or does not take a value"
        default: nil
        }
    }

    /// A failed test is a failure; jobs that did not complete, or were canceled, are an error: nobody knows.
    static let statusText = """
        {
          "state": "{{#is.running}}pending{{/is.running}}{{#is.passed}}success{{/is.passed}}{{#is.failed}}failure\
        {{/is.failed}}{{#is.incomplete}}error{{/is.incomplete}}{{#is.canceled}}error{{/is.canceled}}",
          "context": "{{parameters.context}}",{{#parameters.target_url}}
          "target_url": "{{.}}",{{/parameters.target_url}}
          "description": "{{summary}}"
        }
        """
}

/// A check run of GitHub: `POST /repos/:owner/:repo/check-runs`, for GitHub Apps. Of several runs of a name for a commit,
/// the last one counts, so a run is made anew for each event, and no id must be remembered.
struct GitHubCheck: BuiltInTemplate {
    let name = "github-check"
    let headers = GitHubStatus.apiHeaders
    let parameters = [
        TemplateParameter("context", .text("muster")), TemplateParameter("commit", .label("commit")),
        TemplateParameter(TemplateParameter.page, .nothing),
    ]
    let isState = true

    /// What GitHub takes of annotations in one request.
    static let maximumAnnotations = 50
    /// What GitHub takes of a summary, in characters.
    static let maximumSummary = 65_535

    package func names(anyOf members: Set<String>) -> Bool { members.contains("failed_tests") }

    func meaning(of status: Int) -> String? {
        switch status {
        case 403: "the token is not one of a GitHub App that may write checks, or has called too often"
        default: GitHubStatus.meaning(of: status)
        }
    }

    package func render(_ facts: TemplateFacts, maximumBytes: Int) throws(BodyTemplate.Fault) -> String {
        let report = try facts.report()
        let failures = report.failures
        var fault = BodyTemplate.Fault(description: "gives more than \(maximumBytes) bytes")
        // Names can be long: as much is told as there is room for.
        for share in [1, 2, 4, 8, 16] {
            do throws(BodyTemplate.Fault) {
                return try TemplateFacts.json(
                    CheckRun(facts, report, failures, share: share),
                    maximumBytes: maximumBytes
                )
            } catch { fault = error }
        }
        throw fault
    }
}

/// The body of a check run.
private struct CheckRun: Encodable {
    struct Output: Encodable {
        let title, summary: String
        let annotations: [Annotation]
    }

    /// GitHub ties each to a line of a file. A test has none, so the path is where it ran.
    struct Annotation: Encodable {
        let path: String
        let startLine = 1
        let endLine = 1
        let annotationLevel, title, message: String
    }

    let name, headSha, externalId, status: String
    let detailsUrl, startedAt, completedAt, conclusion: String?
    let output: Output

    /// - Parameter share: Of what there is room for, one part of so many.
    init(_ facts: TemplateFacts, _ report: TemplateReport, _ failures: [TemplateReport.Failure], share: Int) {
        name = facts.parameter("context")
        headSha = facts.parameter("commit")
        externalId = report.jobset.id
        detailsUrl = facts.parameters[TemplateParameter.page]
        startedAt = report.jobset.createdAt ?? report.happenedAt
        completedAt = report.jobset.finishedAt
        status = facts.verdict != nil ? "completed" : facts.event == .accepted ? "queued" : "in_progress"
        conclusion = facts.verdict.map(Self.conclusion)
        let annotations = failures.prefix(GitHubCheck.maximumAnnotations / share).map(\.annotation)
        var summary = Summary(room: GitHubCheck.maximumSummary / share)
        summary.write(facts, report, failures, annotated: annotations.count)
        output = Output(title: facts.summary, summary: summary.text, annotations: annotations)
    }

    /// What is incomplete must not let a commit pass.
    private static func conclusion(_ verdict: Verdict) -> String {
        switch verdict {
        case .passed: "success"
        case .failed, .incomplete: "failure"
        case .canceled: "cancelled"
        }
    }
}

extension TemplateReport.Failure {
    /// GitHub takes 255 characters of a title, and 64 kB of a message.
    fileprivate var annotation: CheckRun.Annotation {
        CheckRun.Annotation(
            path: HarmlessText.line(place, limit: 255),
            annotationLevel: isTest ? "failure" : "warning",
            title: HarmlessText.line(title, limit: 255),
            message: [HarmlessText.line(line, limit: 1_000), url].compactMap(\.self).joined(separator: "\n")
        )
    }
}

/// A summary in Markdown, as long as there is room. Text of others calls nobody and formats nothing.
private struct Summary {
    private(set) var text = ""
    let room: Int

    mutating func write(
        _ facts: TemplateFacts,
        _ report: TemplateReport,
        _ failures: [TemplateReport.Failure],
        annotated: Int
    ) {
        add(Self.plain(report.sentence ?? facts.summary) + "\n")
        if let totals = report.totals {
            add("\n| | |\n|---|---|\n| Jobs | \(totals.jobs.complete) of \(totals.jobs.total) complete |")
            add("\n| Tests | \(totals.tests.pass) passed, \(totals.tests.fail) failed |\n")
        }
        guard !failures.isEmpty else { return }
        add("\n**Failures**\n\n")
        var listed = 0
        for failure in failures {
            let link = failure.url.flatMap(Self.link).map { " ([log](\($0)))" } ?? ""
            // Room for the line that says how many are missing.
            guard add("- \(Self.plain(failure.line))\(link)\n", keeping: 100) else { break }
            listed += 1
        }
        let left = failures.count - listed + report.omitted
        if left > 0 { add("- and \(left) more\n") }
        let bare = failures.count - annotated + report.omitted
        if bare > 0 { add("\n\(bare) failures have no annotation.\n") }
    }

    @discardableResult
    private mutating func add(_ part: String, keeping rest: Int = 0) -> Bool {
        guard text.utf8.count + part.utf8.count + rest <= room else { return false }
        text += part
        return true
    }

    private static func plain(_ text: String) -> String {
        var plain = ""
        for character in HarmlessText.line(text, limit: 1_000) {
            switch character {
            case "@": plain += "&#64;"
            case "<": plain += "&lt;"
            case "&": plain += "&amp;"
            case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "!": plain += "\\\(character)"
            default: plain.append(character)
            }
        }
        return plain
    }

    private static func link(_ url: String) -> String? {
        url.hasPrefix("http") && !url.contains(where: { "<>() \n".contains($0) }) ? url : nil
    }
}

/// GitHub's `repository_dispatch`: `POST /repos/:owner/:repo/dispatches`.
struct GitHubDispatch: TextTemplate {
    let name = "github-dispatch"
    let headers = GitHubStatus.apiHeaders
    let parameters = [TemplateParameter("event_type", .nothing)]

    func meaning(of status: Int) -> String? { GitHubStatus.meaning(of: status) }

    /// GitHub takes at most ten members of `client_payload`.
    let text = """
        {
          "event_type": "{{#parameters.event_type}}{{.}}{{/parameters.event_type}}{{^parameters.event_type}}\
        muster.{{event}}{{/parameters.event_type}}",
          "client_payload": {
            "event": "{{event}}",
            "jobset": "{{jobset.id}}",
            "build": "{{jobset.build}}",
            "generation": {{jobset.generation}},
            "verdict": "{{verdict}}",
            "summary": "{{summary}}"{{#totals}},
            "jobs": {{jobs.total}},
            "jobs_complete": {{jobs.complete}},
            "tests_pass": {{tests.pass}},
            "tests_fail": {{tests.fail}}{{/totals}}
          }
        }
        """
}
