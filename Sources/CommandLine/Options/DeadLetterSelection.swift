// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FleetQueues

/// Which dead letters are meant: arguments of `requeue` and `drop`.
struct DeadLetterSelection: ParsableArguments {
    @Argument(help: ArgumentHelp("Keys from `muster dead`.", valueName: "key"))
    var keys: [String] = []

    @Flag(help: "Every message.")
    var all = false

    func validate() throws {
        if keys.isEmpty, !all { throw ValidationError("Name the messages: keys, or --all.") }
        if !keys.isEmpty, all { throw ValidationError("Keys and --all exclude each other.") }
    }

    /// As the queue's own code takes it.
    var selection: DeadLetters.Selection { all ? .all : .keys(Set(keys.map { $0.lowercased() })) }

}
