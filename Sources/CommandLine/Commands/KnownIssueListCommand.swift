// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// `muster known-issue list`.
struct KnownIssueListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the known issues of a project.",
        discussion: "Those without an id come from the configuration of the fleet."
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"))
    var project: ProjectName

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let issues = try await options.connected { try await $0.knownIssues(of: project) }
        try answer.show(Self.table(issues), issues, orNothing: "there are no known issues")
    }

    /// The known issues as a table.
    static func table(_ issues: [KnownIssue]) -> Table {
        Table(
            columns: [
                .init("ID"), .init("ENVIRONMENT", canShrink: true), .init("SUITE", canShrink: true),
                .init("TEST", canShrink: true), .init("EXPIRES"), .init("REASON", canShrink: true),
                .init("URL", canShrink: true),
            ],
            rows: issues.map { issue in
                [
                    .text(issue.id.map { "\($0)" }), .text(issue.environment), .text(issue.suite), .text(issue.test),
                    .text(issue.isExpired ? issue.expires.map { "\($0), expired" } : issue.expires),
                    .text(issue.reason), .text(issue.url),
                ]
            }
        )
    }
}
