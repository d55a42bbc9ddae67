// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation

/// How pages write things.
enum PageText {
    /// What somebody else wrote, as one line that can't turn the page around.
    static func line(_ text: String, limit: Int = 200) -> String { HarmlessText.line(text, limit: limit) }

    /// A number with a comma between thousands.
    static func number(_ number: Int) -> String { number.grouped }

    /// `1 job`, `2 jobs`.
    static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(Self.number(number)) \(number == 1 ? one : many ?? one + "s")"
    }

    /// A measured value with six significant digits, and its unit.
    static func measurement(_ value: Double?, _ units: String? = nil) -> String {
        guard let value, value.isFinite else { return "–" }
        let number =
            switch abs(value) {
            case 1e15...: String(format: "%.5e", value)
            case 100_000...: number(Int(value.rounded()))
            default: String(format: "%.6g", value)
            }
        return units.map { "\(number) \(line($0, limit: 40))" } ?? number
    }

    /// A change with its sign: `+12.5 %`.
    static func percent(_ change: Double?) -> String {
        guard let change, change.isFinite else { return "–" }
        return String(format: abs(change) < 1_000 ? "%+.1f %%" : "%+.0f %%", change)
    }

    /// `2026-11-23 22:40:11`.
    static func time(_ date: Date) -> String {
        date.formatted(.iso8601).replacing("T", with: " ").replacing("Z", with: "")
    }

    /// How long something took or takes, in its largest unit, or its two largest where that tells much more.
    static func span(_ interval: TimeInterval) -> String {
        let seconds = Int(max(0, min(interval.isFinite ? interval : 0, 3_153_600_000)))
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3_600: return "\(seconds / 60) min"
        case ..<86_400:
            let minutes = seconds % 3_600 / 60
            return "\(seconds / 3_600) h" + (minutes > 0 ? " \(minutes) min" : "")
        default:
            let hours = seconds % 86_400 / 3_600
            return "\(number(seconds / 86_400)) d" + (hours > 0 ? " \(hours) h" : "")
        }
    }

    /// The address of a project's page.
    static func projectPath(_ group: String, _ project: String) -> String {
        "/projects/\(path(group))/\(path(project))"
    }

    /// Text for the path of an address.
    static func path(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.intersection(.asciiOnly).union(.pathSafe))
            ?? ""
    }
}

extension CharacterSet {
    fileprivate static let asciiOnly = CharacterSet(charactersIn: "\u{20}"..."\u{7E}")
    fileprivate static let pathSafe = CharacterSet(charactersIn: "-._~")
}

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
