// SPDX-License-Identifier: Apache-2.0

/// The status of a commit in Forgejo or Gitea: `POST /repos/{owner}/{repo}/statuses/{sha}`. The last one of a context
/// counts.
struct ForgejoStatus: TextTemplate {
    let name = "forgejo-status"
    let parameters = [
        TemplateParameter("context", .text("muster")), TemplateParameter(TemplateParameter.page, .nothing),
    ]
    let isState = true
    /// Its members and states are those of GitHub; `warning` is one more, which nothing here is.
    let text = GitHubStatus.statusText

    func meaning(of status: Int) -> String? {
        switch status {
        case 401: "Forgejo does not know the token"
        case 403: "the token may not write to the repository"
        case 404: "Forgejo has no such repository or commit, or does not show it to the token"
        default: nil
        }
    }
}
