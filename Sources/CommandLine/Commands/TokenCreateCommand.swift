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
        abstract: "Make a token for the gateway; it is shown this once.",
        usage: "muster token create <name> --project <group/project> ... --can <ability,...> [--expires-days <days>]",
        discussion: """
            A token is for the projects that --project names: group/project, group/* or *. What it lets its holder do \
            there is some of: read, submit (and add, seal), watch (submit jobs that a lab has already), cancel, retry, \
            redeliver, operate.

            Only its hash is kept. The token alone goes to standard output, so that it can go straight to where it is \
            needed: muster token create … | gh secret set MUSTER_TOKEN
            """
    )

    @Argument(help: ArgumentHelp("What it is called, in lists and in the audit.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("A project that it is for; may be repeated.", valueName: "group/project"))
    var project: [ProjectScope] = []

    @Option(help: ArgumentHelp("What it is for, with commas between.", valueName: "ability,..."))
    var can: AbilityList = AbilityList(abilities: [.read])

    @Option(help: ArgumentHelp("After how many days it is good for nothing.", valueName: "days"))
    var expiresDays: Int?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
        if project.isEmpty { throw ValidationError("Say what it is for: --project group/project, group/* or '*'.") }
        if !TokenText.isName(name) { throw ValidationError("A token's name \(TokenText.nameRule).") }
        if let expiresDays, !(1...3_650).contains(expiresDays) {
            throw ValidationError("--expires-days is a number from 1 to 3650.")
        }
    }

    func run() async throws {
        let wish = TokenWish(name: name, projects: project, abilities: can.abilities, days: expiresDays)
        let token = try await options.connected { try await $0.createToken(wish) }
        if answer.output == .json { return try answer.show(token) }
        StandardStream.error.line("this is the only time that it is shown:")
        StandardStream.output.line(HarmlessText.line(token.token ?? ""))
    }
}
