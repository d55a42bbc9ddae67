// SPDX-License-Identifier: Apache-2.0

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
