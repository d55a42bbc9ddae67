// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How many at most: 1 to 100,000.
struct CountLimit: ExpressibleByArgument, CustomStringConvertible, Sendable, Equatable {
    /// The most that are meant.
    let value: Int

    var description: String { "\(value)" }

    /// A limit that is known to be right.
    init(_ value: Int) {
        self.value = min(max(value, 1), 100_000)
    }

    /// A limit from its digits; nil for everything that is none.
    init?(argument: String) {
        guard let number = Int(argument), (1...100_000).contains(number) else { return nil }
        value = number
    }
}
