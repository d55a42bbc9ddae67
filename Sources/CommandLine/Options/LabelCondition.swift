// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `NAME=VALUE`: a label that jobsets must have.
struct LabelCondition: ExpressibleByArgument, Sendable {
    let name: String
    let value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        (name, value) = (parts[0], parts[1])
    }
}
