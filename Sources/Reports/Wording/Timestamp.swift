// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Times as reports and callbacks write them: UTC, whole seconds.
package enum Timestamp {
    /// As RFC 3339 and ISO 8601 have it: `2026-11-23T22:40:11Z`.
    package static func iso8601(_ date: Date) -> String { date.formatted(.iso8601) }

    /// For people: `2026-11-23 22:40:11 UTC`.
    static func readable(_ date: Date) -> String {
        iso8601(date).replacing("T", with: " ").replacing("Z", with: " UTC")
    }

    /// How long something took, in its two largest units: `2 h 5 min`.
    static func readable(_ interval: TimeInterval) -> String {
        // A clock that was set back is no reason to trap, and a year is as good as for ever.
        let seconds = Int(max(0, min(interval.isFinite ? interval : 0, 31_536_000)))
        let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]
        guard let first = units.firstIndex(where: { seconds >= $0.0 }) else { return "0 s" }
        var rest = seconds
        let parts = units[first...].prefix(2).compactMap { size, name -> String? in
            let number = rest / size
            rest %= size
            return number > 0 ? "\(number) \(name)" : nil
        }
        return parts.joined(separator: " ")
    }
}
