// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet

/// A limit of failures, or `none`.
struct FailureLimitChange: ExpressibleByArgument, Sendable, Equatable {
    /// The limit; nil takes it away.
    let limit: FailureLimit?

    /// `12`, `12%` or `none`; nil for everything else.
    init?(argument: String) {
        if argument == "none" {
            limit = nil
        } else {
            guard let limit = FailureLimit(argument) else { return nil }
            self.limit = limit
        }
    }
}
