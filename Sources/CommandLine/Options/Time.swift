// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Fleet
import Foundation

/// A time by RFC 3339, such as `2026-11-26T12:00:00Z`.
struct Time: ExpressibleByArgument, Sendable {
    let date: Date

    init?(argument: String) {
        guard let date = Date(rfc3339: argument) else { return nil }
        self.date = date
    }
}
