// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `muster dead`.
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Look at messages that nobody could handle; have them handled again, or drop them.",
        discussion: """
            A worker puts a message aside when it can make nothing of it, and the broker does when worker after worker \
            died on it. Nothing of a jobset is lost with it: the database is the truth, and the sweep sends out what \
            is missing. A person looks, mends the cause, and requeues or drops.

            EXAMPLES
              muster dead
              muster dead requeue 9f2c5e0a71b3d468
              muster dead drop --all
            """,
        subcommands: [DeadListCommand.self, DeadRequeueCommand.self, DeadDropCommand.self],
        defaultSubcommand: DeadListCommand.self
    )
}
