// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A time until the deadline in whole seconds, or `none`.
struct TimeoutChange: ExpressibleByArgument, Sendable, Equatable {
    /// The time; nil takes the deadline away.
    let timeout: Duration?

    /// `3600` or `none`; nil for everything else, and beyond a year.
    init?(argument: String) {
        if argument == "none" {
            timeout = nil
        } else {
            guard let seconds = Int(argument), (1...31_536_000).contains(seconds) else { return nil }
            timeout = .seconds(seconds)
        }
    }
}
