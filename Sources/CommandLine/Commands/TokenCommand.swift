// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

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
