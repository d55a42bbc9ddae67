// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The header `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
package enum RetryAfter {
    /// The longest pause that is read from it, whatever it says.
    package static let longest: Duration = .seconds(86_400)

    /// How long to wait from `now` on; zero for a date that has passed, `nil` for what is neither.
    package static func parse(_ text: String, now: Date = Date()) -> Duration? {
        let text = text.trimmingCharacters(in: .whitespaces)
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            // More digits than a number holds is longer than the longest.
            return Int(text).map { min(.seconds($0), longest) } ?? longest
        }
        guard let date = HTTPDate.parse(text) else { return nil }
        let seconds = date.timeIntervalSince(now)
        return min(max(.zero, .seconds(min(seconds, 86_400))), longest)
    }
}

/// A date in the head of an answer (RFC 9110, section 5.6.7).
package enum HTTPDate {
    /// Reads a date in the one form that may be sent, or in the two older ones that must be understood.
    package static func parse(_ text: String) -> Date? {
        guard text.utf8.count <= 40 else { return nil }
        for format in ["EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy"] {
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = TimeZone(secondsFromGMT: 0)
            formatter.dateFormat = format
            if let date = formatter.date(from: text) { return date }
        }
        return nil
    }
}
