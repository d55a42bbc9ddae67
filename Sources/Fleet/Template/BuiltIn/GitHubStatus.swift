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
