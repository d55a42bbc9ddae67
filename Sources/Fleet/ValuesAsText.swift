// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A value that stands as its text in JSON and in columns.
package protocol CodedAsText: LosslessStringConvertible, Codable {
    /// What its text is, as an error has it: `a mail address`.
    static var meaning: String { get }
}

extension CodedAsText {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not \(Self.meaning)")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension UUID {
    /// As Muster writes ids everywhere; Foundation writes capitals.
    package var text: String { uuidString.lowercased() }
}

extension Date {
    /// A time by RFC 3339, such as `2026-11-26T12:00:00Z`; `nil` for a text that is none.
    package init?(rfc3339 text: String) {
        let plain = try? Date(text, strategy: .iso8601)
        let time = plain ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        guard let time, Self.isInCalendar(text) else { return nil }
        self = time
    }

    /// Whether there is the day and the time of day that a time names: Foundation reads February 30 as March 2.
    private static func isInCalendar(_ time: String) -> Bool {
        let numbers = time.prefix { $0 != "." }.split { !$0.isASCII || !$0.isNumber }.prefix(6).map { Int($0) ?? -1 }
        guard numbers.count == 6 else { return false }
        let components = DateComponents(
            calendar: Calendar(identifier: .gregorian),
            year: numbers[0],
            month: numbers[1],
            day: numbers[2],
            hour: numbers[3],
            minute: numbers[4],
            // A leap second is written as 60.
            second: min(numbers[5], 60) == 60 ? 59 : numbers[5]
        )
        return components.isValidDate
    }
}

extension Int {
    /// With a comma between thousands, whatever the locale: `1,234`.
    package var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }
}
