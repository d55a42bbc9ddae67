// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `muster dead`.
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "List, requeue or drop messages that no worker could handle.",
        discussion: """
            A worker moves a message here if it can't handle it, and the broker does so if several workers died on it. \
            No jobset loses anything with such a message: the state is in the database, and the sweep sends again \
            whatever is missing. Find and fix the cause, then requeue or drop the message.

            EXAMPLES
              muster dead
              muster dead requeue 9f2c5e0a71b3d468
              muster dead drop --all
            """,
        subcommands: [DeadListCommand.self, DeadRequeueCommand.self, DeadDropCommand.self],
        defaultSubcommand: DeadListCommand.self
    )
}
