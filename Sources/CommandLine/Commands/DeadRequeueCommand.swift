// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import FleetQueues

/// `muster dead requeue`.
struct DeadRequeueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requeue",
        abstract: "Put messages back into the queues they came from.",
        discussion: """
            A message is removed here only when the broker has confirmed that it is back in its queue. Messages that \
            came from no queue of this fleet stay. Handling a message twice is harmless.
            """
    )

    @OptionGroup var which: DeadLetterSelection
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
        let requeued = try await options.connected { try await $0.requeue(which.selection) }
        try answer.show(DeadListCommand.table(requeued.items), requeued.items, orNothing: "no messages were requeued")
        let stayed: [String] = requeued.left.map { letter in
            "\(letter.key) stays: its queue, \(letter.queue ?? "unknown"), does not belong to this fleet"
        }
        let unknown = requeued.unknown.map { "there is no message \($0)" }
        let problems = stayed + unknown
        if !problems.isEmpty { throw CommandFailure(.usage, lines: problems) }
    }
}
