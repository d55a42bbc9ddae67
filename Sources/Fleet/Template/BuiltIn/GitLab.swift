// SPDX-License-Identifier: Apache-2.0

/// GitLab's status of a commit: `POST /projects/:id/statuses/:sha`, an external job of the commit's pipeline. The last
/// one of a name counts.
struct GitLabStatus: BuiltInTemplate {
    let name = "gitlab-status"
    let parameters = [
        TemplateParameter("context", .text("muster")), TemplateParameter("ref", .nothing),
        TemplateParameter(TemplateParameter.page, .nothing),
    ]
    let isState = true

    private struct Status: Encodable {
        let state, name, description: String
        let ref, targetUrl: String?
    }

    package func names(anyOf members: Set<String>) -> Bool { false }

    package func render(_ facts: TemplateFacts, maximumBytes: Int) throws(BodyTemplate.Fault) -> String {
        let state =
            switch (facts.verdict, facts.event) {
            case (.passed, _): "success"
            case (.failed, _), (.incomplete, _): "failed"
            case (.canceled, _): "canceled"
            case (nil, .accepted): "pending"
            case (nil, _): "running"
            }
        let status = Status(
            state: state,
            name: facts.parameter("context"),
            description: facts.summary,
            ref: facts.parameters["ref"],
            targetUrl: facts.parameters[TemplateParameter.page]
        )
        return try TemplateFacts.json(status, maximumBytes: maximumBytes)
    }

    func meaning(of status: Int) -> String? {
        switch status {
        case 400: "GitLab does not take a value, or not this state after the one before"
        case 401: "GitLab does not know the token"
        case 403: "the token may not set the status of this commit"
        case 404: "GitLab has no such project or commit, or does not show it to the token"
        case 409: "GitLab is at another status of the commit"
        default: nil
        }
    }

    /// Older servers refuse a state that is there already, or one before it.
    func isRepeat(status: Int, answer: String) -> Bool {
        status == 400
            && (answer.contains("Cannot transition status via :enqueue from")
                || answer.contains("Cannot transition status via :run from"))
    }
}

/// GitLab's pipeline trigger: `POST /projects/:id/trigger/pipeline`.
///
/// Each call begins a pipeline. GitLab has no way to know a repeated one, so the pipeline gets the delivery's id.
struct GitLabPipeline: TextTemplate {
    let name = "gitlab-pipeline"
    let contentType = CallbackContentType.form
    let parameters = [TemplateParameter("ref", .refusal), TemplateParameter("token", .refusal, isSecret: true)]

    func meaning(of status: Int) -> String? {
        switch status {
        case 400: "GitLab has no such branch or tag, or nothing to run there"
        case 404: "GitLab has no such project, or not with this trigger token"
        default: nil
        }
    }

    /// GitLab takes variables as `variables[NAME]`.
    let text =
        "token={{parameters.token}}&ref={{parameters.ref}}"
        + [
            ("EVENT", "event"), ("JOBSET", "jobset.id"), ("BUILD", "jobset.build"),
            ("GENERATION", "jobset.generation"), ("VERDICT", "verdict"), ("SUMMARY", "summary"),
            ("JOBS", "totals.jobs.total"), ("JOBS_COMPLETE", "totals.jobs.complete"),
            ("TESTS_PASS", "totals.tests.pass"), ("TESTS_FAIL", "totals.tests.fail"),
        ].map { "&variables%5BMUSTER_\($0)%5D={{\($1)}}" }.joined()
        + "{{#parameters.delivery}}&variables%5BMUSTER_DELIVERY%5D={{.}}{{/parameters.delivery}}"
}
