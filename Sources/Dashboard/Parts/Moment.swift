// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A point in time: exactly, and how long it is ago.
struct Moment: Sendable {
    let iso: String
    let full: String
    let ago: String

    init(_ date: Date, now: Date) {
        iso = date.formatted(.iso8601)
        full = PageText.time(date) + " UTC"
        let seconds = now.timeIntervalSince(date)
        ago = seconds < -1 ? "in \(PageText.span(-seconds))" : "\(PageText.span(seconds)) ago"
    }

    init?(_ date: Date?, now: Date) {
        guard let date else { return nil }
        self.init(date, now: now)
    }
}
