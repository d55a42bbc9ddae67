// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Times as people and as programs read them.
enum Age {
    /// How long ago, in one unit: `42 s`, `3 min`, `5 h`, `2 d`. What lies ahead is `in 42 s`.
    static func text(of date: Date, now: Date = .now) -> String {
        let seconds = now.timeIntervalSince(date)
        guard seconds.isFinite, abs(seconds) < 1e11 else { return "?" }
        return seconds < -0.5 ? "in \(span(seconds: Int(-seconds)))" : "\(span(seconds: Int(max(0, seconds)))) ago"
    }

    /// A span in one unit.
    static func span(seconds: Int) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7_200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3_600) h"
        default: "\(seconds / 86_400) d"
        }
    }

    /// A time of one thing: with its age on a terminal.
    static func told(_ date: Date, on terminal: Terminal, now: Date = .now) -> String {
        terminal.isTerminal ? "\(stamp(date)) (\(text(of: date, now: now)))" : stamp(date)
    }

    /// A running clock: `0:42`, `12:03`, `1:02:03`.
    static func clock(_ duration: Duration) -> String {
        let seconds = max(0, Int(duration.components.seconds))
        let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }

    /// ISO 8601 in UTC, to the second.
    static func stamp(_ date: Date) -> String { date.formatted(.iso8601) }
}
