// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKey {
    /// The keys of section `projects."group/project"`.
    static let projects: [ConfigurationKey] = [
        .init(
            "projects.*.infrastructure_patterns",
            .patterns,
            default: "",
            "besides watcher.infrastructure_patterns, which failures of this project's jobs are the lab's and not the build's"
        ),
        .init(
            "projects.*.squad_url",
            .url(schemes: ["http", "https"], secret: false),
            "the root of the SQUAD that results of this project's finished jobsets are pushed into"
        ),
        .init(
            "projects.*.squad_token",
            .secret,
            orFile: "projects.*.squad_token_file",
            "a token of that SQUAD's that may submit results"
        ),
        .init("projects.*.squad_token_file", .path, "a file that holds the token"),
        .init("projects.*.squad_project", .project, "the project there; otherwise of the same name"),
        .init("projects.*.mail", .addresses, default: "", "who is mailed the report of each of this project's jobsets"),
        .init(
            "projects.*.mail_junit",
            .choice(["true", "false"]),
            default: "false",
            "whether the report goes with it as JUnit XML"
        ),
    ]
}
