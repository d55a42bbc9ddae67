// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// `muster known-issue`.
struct KnownIssueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "known-issue",
        abstract: "List, add and remove the known issues of a project.",
        discussion: """
            A known issue names tests with globs (* and ?). When such a test fails, it counts as a known failure: it is \
            listed apart, and does not fail the build. Reports say when a known issue passes again.

            EXAMPLES
              muster known-issue list lkft/linux-next
              muster known-issue add lkft/linux-next --suite 'ltp-*' --test 'fcntl*' --environment 'qemu-*' \\
                  --reason 'fcntl locks on overlayfs' --url https://bugs.example.org/17 --expires 2027-01-31
              muster known-issue remove lkft/linux-next 4
            """,
        subcommands: [KnownIssueListCommand.self, KnownIssueAddCommand.self, KnownIssueRemoveCommand.self]
    )
}

/// `muster known-issue list`.
struct KnownIssueListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the known issues of a project.",
        discussion: "Those without an id come from the configuration of the fleet."
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"), completion: .projects)
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

/// `muster known-issue add`.
struct KnownIssueAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a known issue to a project.",
        discussion: """
            It holds for jobs that end from now on; past builds keep their verdicts. Adding one for the same tests again \
            replaces its reason, URL and expiry.
            """
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"), completion: .projects)
    var project: ProjectName

    @Option(help: ArgumentHelp("A glob over environments.", valueName: "glob"))
    var environment: String = "*"

    @Option(help: ArgumentHelp("A glob over suites.", valueName: "glob"))
    var suite: String = "*"

    @Option(help: ArgumentHelp("A glob over tests.", valueName: "glob"))
    var test: String = "*"

    @Option(help: ArgumentHelp("What is known; reports show it.", valueName: "text"))
    var reason: String

    @Option(help: ArgumentHelp("A page about it, such as a bug report.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("The last day on which it holds, in UTC.", valueName: "yyyy-mm-dd"))
    var expires: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    private var wish: KnownIssueWish {
        KnownIssueWish(
            pattern: TestPattern(environment: environment, suite: suite, test: test),
            reason: reason,
            url: url,
            expires: expires
        )
    }

    func validate() throws {
        guard let fault = wish.faults.first else { return }
        throw ValidationError("--\(fault.pointer.dropFirst()) \(fault.reason).")
    }

    func run() async throws {
        let issue = try await options.connected { try await $0.addKnownIssue(wish, to: project) }
        if answer.output == .json { return try answer.show(issue) }
        try answer.show(KnownIssueListCommand.table([issue]), [issue], orNothing: "")
    }
}

/// `muster known-issue remove`.
struct KnownIssueRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a known issue of a project.",
        discussion: "Its tests count as failures again in jobs that end from now on; past builds keep their verdicts."
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"), completion: .projects)
    var project: ProjectName

    @Argument(help: ArgumentHelp("The id of the known issue, from the list.", valueName: "id"))
    var id: Int

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let issue = try await options.connected { try await $0.removeKnownIssue(id, of: project) }
        StandardStream.error.line("removed: \(HarmlessText.line(issue.pattern.line))")
    }
}
