// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetOperations
import FleetStore
import Foundation

/// `muster token create`.
struct TokenCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a token for the gateway; it is shown only once.",
        usage: "muster token create <name> --project <group/project> ... --can <ability,...> [--expires-days <days>]",
        discussion: """
            A token is valid for the projects in --project (group/project, group/* or *) and has the abilities in \
            --can: read, submit (and add, seal), watch (submit jobs that a lab has already), report (results of jobs \
            that somebody else runs), cancel, retry, redeliver, operate.

            Only its hash is stored. Only the token goes to standard output, so you can pipe it to where it is needed: \
            muster token create … | gh secret set MUSTER_TOKEN
            """
    )

    @Argument(help: ArgumentHelp("The name of the token, in lists and in the audit log.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("A project that the token is valid for; repeatable.", valueName: "group/project"))
    var project: [ProjectScope] = []

    @Option(help: ArgumentHelp("The abilities of the token, separated by commas.", valueName: "ability,..."))
    var can: AbilityList = AbilityList(abilities: [.read])

    @Option(help: ArgumentHelp("Number of days until the token expires.", valueName: "days"))
    var expiresDays: Int?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if project.isEmpty { throw ValidationError("Missing project: use --project group/project, group/* or '*'.") }
        if !TokenText.isName(name) { throw ValidationError("A token's name \(TokenText.nameRule).") }
        if let expiresDays, !(1...3_650).contains(expiresDays) {
            throw ValidationError("--expires-days is a number from 1 to 3650.")
        }
    }

    func run() async throws {
        let wish = TokenWish(name: name, projects: project, abilities: can.abilities, days: expiresDays)
        let token = try await options.connected { try await $0.createToken(wish) }
        if answer.output == .json { return try answer.show(token) }
        StandardStream.error.line("the token is shown only once; copy it now:")
        StandardStream.output.line(HarmlessText.line(token.token ?? ""))
    }
}
