// SPDX-License-Identifier: Apache-2.0

/// A template for a receiver with a shape of its own, chosen by its name.
package enum BuiltInTemplate: String, Sendable, CaseIterable {
    /// GitLab's pipeline trigger: `POST /projects/:id/trigger/pipeline`.
    case gitlabPipeline = "gitlab-pipeline"
    /// GitHub's `repository_dispatch`: `POST /repos/:owner/:repo/dispatches`.
    case githubDispatch = "github-dispatch"
    /// GitHub's status of a commit: `POST /repos/:owner/:repo/statuses/:sha`.
    case githubStatus = "github-status"
    /// Jenkins' Generic Webhook Trigger: `POST /generic-webhook-trigger/invoke`.
    case jenkins
    /// An incoming webhook of Slack, Mattermost, Rocket.Chat and others that take Slack's.
    case slack

    /// What its body is.
    package var contentType: CallbackContentType { self == .gitlabPipeline ? .form : .json }

    /// The parameters that it can't do without.
    package var requiredParameters: [String] { self == .gitlabPipeline ? ["ref", "token"] : [] }

    /// The mustache that it stands for.
    package var text: String {
        switch self {
        case .gitlabPipeline: Self.gitlabPipelineText
        case .githubDispatch: Self.githubDispatchText
        case .githubStatus: Self.githubStatusText
        case .jenkins: Self.jenkinsText
        case .slack: Self.slackText
        }
    }

    /// GitLab takes variables as `variables[NAME]`.
    private static let gitlabPipelineText =
        "token={{parameters.token}}&ref={{parameters.ref}}"
        + [
            ("EVENT", "event"), ("JOBSET", "jobset.id"), ("BUILD", "jobset.build"),
            ("GENERATION", "jobset.generation"), ("VERDICT", "verdict"), ("SUMMARY", "summary"),
            ("JOBS", "totals.jobs.total"), ("JOBS_COMPLETE", "totals.jobs.complete"),
            ("TESTS_PASS", "totals.tests.pass"), ("TESTS_FAIL", "totals.tests.fail"),
        ].map { "&variables%5BMUSTER_\($0)%5D={{\($1)}}" }.joined()

    /// GitHub takes at most ten members of `client_payload`.
    private static let githubDispatchText = """
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

    /// A failed test is a failure; jobs that did not complete, or were canceled, are an error: nobody knows.
    private static let githubStatusText = """
        {
          "state": "{{#is.running}}pending{{/is.running}}{{#is.passed}}success{{/is.passed}}{{#is.failed}}failure\
        {{/is.failed}}{{#is.incomplete}}error{{/is.incomplete}}{{#is.canceled}}error{{/is.canceled}}",
          "context": "{{#parameters.context}}{{.}}{{/parameters.context}}{{^parameters.context}}muster\
        {{/parameters.context}}",{{#parameters.target_url}}
          "target_url": "{{.}}",{{/parameters.target_url}}
          "description": "{{summary}}"
        }
        """

    /// Flat, so that each JSONPath of the job is one name.
    private static let jenkinsText = """
        {
          "event": "{{event}}",
          "jobset": "{{jobset.id}}",
          "build": "{{jobset.build}}",
          "generation": {{jobset.generation}},
          "verdict": "{{verdict}}",{{#totals}}
          "jobs": {{jobs.total}},
          "jobs_complete": {{jobs.complete}},
          "tests": {{tests.total}},
          "tests_pass": {{tests.pass}},
          "tests_fail": {{tests.fail}},{{/totals}}
          "summary": "{{summary}}"
        }
        """

    private static let slackText = """
        {"text": "{{slack(summary)}}{{#top(incomplete_jobs)}}\\n• {{slack(environment)}}: {{outcome}}{{#reason}}, \
        {{slack(reason)}}{{/reason}}{{/top(incomplete_jobs)}}"}
        """
}
