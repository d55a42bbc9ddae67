// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// `muster known-issue remove`.
struct KnownIssueRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a known issue of a project.",
        discussion: "Its tests count as failures again in jobs that end from now on; past builds keep their verdicts."
    )

    @Argument(help: ArgumentHelp("The project.", valueName: "group/project"))
    var project: ProjectName

    @Argument(help: ArgumentHelp("The id of the known issue, from the list.", valueName: "id"))
    var id: Int

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let issue = try await options.connected { try await $0.removeKnownIssue(id, of: project) }
        StandardStream.error.line("removed: \(HarmlessText.line(issue.pattern.line))")
    }
}
