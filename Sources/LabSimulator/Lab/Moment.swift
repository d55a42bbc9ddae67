// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Glibc

/// A moment in microseconds since 1970, written as LAVA writes it: `2026-11-23T20:07:43.324503Z`.
struct Moment: Sendable, Hashable, Comparable {
    var microseconds: Int64

    static var now: Moment {
        // Not timespec: with Swift linked statically, it comes from another module.
        Moment(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Reads what a filter may hold: date and time with or without a fraction, and `Z`, an offset or nothing
    /// behind it. A date alone is no moment: LAVA refuses it.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int32? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int32 = 0
            for byte in bytes[range] {
                guard (48...57).contains(byte) else { return nil }
                value = value * 10 + Int32(byte - 48)
            }
            return value
        }
        guard bytes.count >= 19, bytes[4] == 45, bytes[7] == 45, bytes[10] == 84 || bytes[10] == 32, bytes[13] == 58,
            bytes[16] == 58, let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        var fields = tm()
        fields.tm_year = year - 1900
        fields.tm_mon = month - 1
        fields.tm_mday = day
        fields.tm_hour = hour
        fields.tm_min = minute
        fields.tm_sec = second
        var seconds = Int64(timegm(&fields))
        var position = 19
        var fraction: Int64 = 0
        if position < bytes.count, bytes[position] == 46 {
            position += 1
            var scale: Int64 = 100_000
            while position < bytes.count, (48...57).contains(bytes[position]) {
                fraction += Int64(bytes[position] - 48) * scale
                scale /= 10
                position += 1
            }
        }
        switch position < bytes.count ? bytes[position] : 90 {
        case 90 where position + 1 >= bytes.count: break
        case 43, 45:
            guard bytes.count >= position + 5, let hours = number(position + 1..<position + 3),
                let minutes = number(bytes.count - 2..<bytes.count)
            else { return nil }
            let offset = Int64(hours) * 3_600 + Int64(minutes) * 60
            seconds += bytes[position] == 43 ? -offset : offset
        default: return nil
        }
        microseconds = seconds * 1_000_000 + fraction
    }

    /// The text in a job's row.
    var text: String {
        var seconds = time_t(microseconds / 1_000_000)
        var fields = tm()
        gmtime_r(&seconds, &fields)
        func padded(_ number: Int32, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(fields.tm_year + 1900, 4))-\(padded(fields.tm_mon + 1, 2))-\(padded(fields.tm_mday, 2))T"
            + "\(padded(fields.tm_hour, 2)):\(padded(fields.tm_min, 2)):\(padded(fields.tm_sec, 2))."
            + "\(padded(Int32(microseconds % 1_000_000), 6))Z"
    }

    /// The text in a `Date` header.
    var httpText: String {
        var seconds = time_t(microseconds / 1_000_000)
        var fields = tm()
        gmtime_r(&seconds, &fields)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[Int(fields.tm_wday)]), \(padded(fields.tm_mday)) \(months[Int(fields.tm_mon)]) "
            + "\(fields.tm_year + 1900) \(padded(fields.tm_hour)):\(padded(fields.tm_min)):\(padded(fields.tm_sec)) GMT"
    }

    static func < (left: Moment, right: Moment) -> Bool {
        left.microseconds < right.microseconds
    }
}
