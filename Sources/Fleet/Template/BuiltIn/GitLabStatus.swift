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
