// SPDX-License-Identifier: Apache-2.0

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
