// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

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
