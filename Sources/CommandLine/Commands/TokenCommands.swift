// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation

/// `muster token`.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Create, list and revoke API tokens.",
        discussion: """
            EXAMPLES
              muster token create ci --project lkft/linux-next --can read,submit,cancel
              muster token list
              muster token revoke ci
              MUSTER_TOKEN=$(muster token exchange) && export MUSTER_TOKEN    # in a CI job, for its ID token
            """,
        subcommands: [
            TokenCreateCommand.self, TokenListCommand.self, TokenRevokeCommand.self, TokenExchangeCommand.self,
        ]
    )
}

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

/// `muster token list`.
struct TokenListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the tokens with their projects, abilities and last use.",
        discussion: "The tokens themselves are not stored. The time of the last use is accurate to the minute."
    )

    @Flag(help: "List the valid tokens of people and CI jobs of identity providers instead.")
    var identities = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let tokens = try await options.connected { try await $0.tokens(ofIdentities: identities) }
        try answer.show(Self.table(tokens), tokens, orNothing: "there are no tokens")
    }

    /// The tokens as a table.
    static func table(_ tokens: [Token]) -> Table {
        Table(
            columns: [
                .init("NAME"), .init("STATE"), .init("PROJECTS", canShrink: true), .init("CAN", canShrink: true),
                .init("CREATED"), .init("EXPIRES"), .init("LAST USED"),
            ],
            rows: tokens.map { token in
                [
                    .text(token.holder ?? token.name), .text(token.state),
                    .text(token.projects.joined(separator: " ")),
                    .text(AbilityList(words: token.abilities).description), .time(token.createdAt),
                    .text(token.expiresAt.map { Age.stamp($0) }), .time(token.lastUsedAt),
                ]
            }
        )
    }
}

/// `muster token revoke`.
struct TokenRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a token, and all tokens that were created with it.",
        discussion: """
            It stops working at once. Its past actions stay in the audit log. Over a server, nobody can revoke a token \
            that has more rights than their own.
            """
    )

    @Argument(help: ArgumentHelp("The name or id of the token.", valueName: "name"))
    var name: String

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let revoked = try await options.connected { try await $0.revokeToken(name) }
        let made = revoked.revoked.dropFirst().map { HarmlessText.line($0) }.joined(separator: ", ")
        StandardStream.error.line(made.isEmpty ? "revoked" : "revoked, with the tokens created with it: \(made)")
    }
}

/// `muster token exchange`.
struct TokenExchangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exchange",
        abstract: "Exchange the ID token of a CI job for a token, which is printed once.",
        discussion: """
            The gateway accepts ID tokens of the providers in gateway.identity_providers that have an audience. The token is \
            valid for some hours. Use it as in

              MUSTER_TOKEN=$(muster token exchange) && export MUSTER_TOKEN
            """
    )

    @Option(
        help: ArgumentHelp("A file that contains only the ID token. (default: $MUSTER_ID_TOKEN)", valueName: "file"),
        completion: .file()
    )
    var idTokenFile: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let idToken = try ServerToken(idTokenIn: idTokenFile)
        let token = try await options.servedWithoutToken(to: "token exchange") { try await $0.exchange(idToken) }
        if answer.output == .json { return try answer.show(token) }
        StandardStream.output.line(HarmlessText.line(token.token ?? ""))
    }
}
