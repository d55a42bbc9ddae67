// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// `muster test-history`.
struct TestHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test-history",
        abstract: "Show what a test said in the latest builds of a project.",
        discussion: """
            Shows a line for each environment, with the latest finished jobsets in which the suite ran, the oldest first: \
            P passed, F failed, X failed as a known issue says, S skipped, U unknown, - did not run.

            EXAMPLES
              muster test-history lkft/linux-next ltp-syscalls fcntl14
              muster test-history lkft/linux-next ltp-syscalls fcntl14 --environment qemu-arm64 --limit 100
            """
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"), completion: .projects)
    var project: ProjectName

    @Argument(help: "The suite.")
    var suite: String

    @Argument(help: "The test case.")
    var test: String

    @Option(help: ArgumentHelp("Only this environment.", valueName: "name"))
    var environment: String?

    @Option(help: ArgumentHelp("Maximum number of jobsets of each environment, at most 100.", valueName: "number"))
    var limit = CountLimit(20)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        guard limit.value <= TestHistory.maximumJobsets else {
            throw ValidationError("--limit is at most \(TestHistory.maximumJobsets)")
        }
    }

    func run() async throws {
        let wanted = WantedHistory(suite: suite, test: test, environment: environment, limit: limit.value)
        let history = try await options.connected { try await $0.testHistory(of: project, wanted) }
        try answer.show(
            Self.table(history),
            history,
            orNothing: "the suite \(suite) has not run in a finished jobset of \(project)"
        )
    }

    /// The history as a table.
    static func table(_ history: TestHistory) -> Table {
        Table(
            columns: [.init("ENVIRONMENT", canShrink: true), .init("FAILED"), .init("JOBSETS"), .init("LATEST")],
            rows: history.environments.map { environment in
                [
                    .text(environment.environment), .text("\(environment.failed) of \(environment.ran)"),
                    .text(String(environment.jobsets.reversed().map(letter))),
                    .text(environment.jobsets.first?.version),
                ]
            }
        )
    }

    private static func letter(_ run: PastResult) -> Character {
        run.status?.rawValue.first.map { Character($0.uppercased()) } ?? "-"
    }
}

/// Which history of a test is wanted.
package struct WantedHistory: Sendable {
    package let suite: String
    package let test: String
    package let environment: String?
    /// The most jobsets of each environment.
    package let limit: Int
}
