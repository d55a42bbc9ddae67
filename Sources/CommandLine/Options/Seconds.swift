// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A limit given on the command line in seconds: more than 0 and at most a year.
struct Seconds: ExpressibleByArgument, CustomStringConvertible, Sendable, Equatable {
    /// The limit.
    let duration: Duration
    /// As it was given.
    let description: String

    /// A limit of whole seconds that is known to be right.
    init(whole seconds: Int) {
        duration = .seconds(seconds)
        description = "\(seconds)"
    }

    /// A limit from `30` or `0.5`; nil for everything that is none.
    init?(argument: String) {
        guard let seconds = Double(argument), seconds > 0, seconds <= 31_536_000 else { return nil }
        duration = .seconds(seconds)
        description = argument
    }
}
