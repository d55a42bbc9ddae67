// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

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

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"))
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
