// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Glibc

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
        if let date = fixed(text) { return date }
        for format in ["EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy"] {
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = TimeZone(secondsFromGMT: 0)
            formatter.dateFormat = format
            if let date = formatter.date(from: text) { return date }
        }
        return nil
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, read by its places: each answer of a lab has a date in this form, and to make a
    /// `DateFormatter` costs more than all else that is done with the answer's head. `nil` for any other form.
    private static func fixed(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        func number(_ places: Range<Int>) -> Int32? {
            bytes[places].reduce(Int32?.some(0)) { sum, byte in
                guard let sum, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                return sum * 10 + Int32(byte - UInt8(ascii: "0"))
            }
        }
        guard bytes.count == 29, bytes[3...4].elementsEqual(", ".utf8), bytes[25...].elementsEqual(" GMT".utf8),
            [7, 11, 16].allSatisfy({ bytes[$0] == UInt8(ascii: " ") }),
            [19, 22].allSatisfy({ bytes[$0] == UInt8(ascii: ":") }),
            let month = months.firstIndex(where: { bytes[8...10].elementsEqual($0.utf8) }),
            let day = number(5..<7), let year = number(12..<16), let hour = number(17..<19),
            let minute = number(20..<22), let second = number(23..<25),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var fields = tm()
        fields.tm_year = year - 1900
        fields.tm_mon = Int32(month)
        fields.tm_mday = day
        fields.tm_hour = hour
        fields.tm_min = minute
        fields.tm_sec = second
        let seconds = timegm(&fields)
        // The 31st of a shorter month has become the 1st of the next.
        return fields.tm_mday == day ? Date(timeIntervalSince1970: Double(seconds)) : nil
    }
}
