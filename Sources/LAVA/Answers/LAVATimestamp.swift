// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// LAVA's times: `2026-11-23T20:07:43.324503Z`, UTC with microseconds.
///
/// They are read and written by hand: the ready-made ISO 8601 parsers stop at milliseconds, and a cursor that
/// loses digits asks for the same jobs again, or misses some. The whole-day form is refused by LAVA, so there is
/// no way to write it.
enum LAVATimestamp {
    /// The moment a text names, or nil where it is none. No fraction, and an offset in place of `Z`, are allowed.
    static func parse(_ text: String) -> Date? {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
            let day = scanner.number(2), scanner.skip("T") || scanner.skip(" "), let hour = scanner.number(2),
            scanner.skip(":"), let minute = scanner.number(2), scanner.skip(":"), let second = scanner.number(2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        let microseconds = scanner.skip(".") ? scanner.fraction(6) : 0
        guard let microseconds, let offset = scanner.offset(), scanner.isAtEnd else { return nil }
        let seconds = days(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return date(microseconds: Int64(seconds) * 1_000_000 + Int64(microseconds))
    }

    /// The text of a moment, always with six digits.
    static func format(_ date: Date) -> String {
        let total = microseconds(date)
        let seconds = total.floorDivided(by: 1_000_000)
        let day = seconds.floorDivided(by: 86_400)
        let clock = seconds - day * 86_400
        let (year, month, dayOfMonth) = civil(day)
        let fraction = total - seconds * 1_000_000
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))T\(padded(clock / 3_600, 2)):"
            + "\(padded(clock / 60 % 60, 2)):\(padded(clock % 60, 2)).\(padded(fraction, 6))Z"
    }

    /// Microseconds since 1970, rounded: `Date` holds a binary fraction, close to but not at the decimal one.
    /// Moments outside the years 1 to 9999 are brought to the nearer end, which LAVA could not read either.
    static func microseconds(_ date: Date) -> Int64 {
        // Added up in whole seconds first: the sum as one Double would be coarser than the reference-date form.
        let reference = date.timeIntervalSinceReferenceDate
        guard reference > -63_000_000_000 else { return -62_135_596_800_000_000 }
        guard reference < 252_000_000_000 else { return 253_402_300_799_999_999 }
        return Int64((reference * 1_000_000).rounded()) + 978_307_200_000_000
    }

    private static func date(microseconds: Int64) -> Date {
        Date(timeIntervalSinceReferenceDate: Double(microseconds - 978_307_200_000_000) / 1_000_000)
    }

    // Days from and to the civil calendar: the well-known era arithmetic of the proleptic Gregorian calendar,
    // 146,097 days to 400 years, the year counted from March.

    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}

/// Reads fixed-width numbers off the front of a text; a text that does not fit yields nil.
struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// Exactly this many digits.
    mutating func number(_ width: Int) -> Int? {
        guard rest.count >= width else { return nil }
        var value = 0
        for byte in rest.prefix(width) {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        rest = rest.dropFirst(width)
        return value
    }

    /// The digits behind a point, brought to this many: more are cut, fewer are filled up.
    mutating func fraction(_ width: Int) -> Int? {
        let digits = rest.prefix { (48...57).contains($0) }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        var value = 0
        for position in 0..<width {
            let index = digits.index(digits.startIndex, offsetBy: position, limitedBy: digits.endIndex)
            let digit = index.flatMap { $0 < digits.endIndex ? Int(digits[$0] - 48) : nil } ?? 0
            value = value * 10 + digit
        }
        return value
    }

    /// The offset from UTC in seconds: `Z`, nothing at all, or `+hh:mm`.
    mutating func offset() -> Int? {
        if skip("Z") || isAtEnd { return 0 }
        let sign = skip("-") ? -1 : skip("+") ? 1 : 0
        guard sign != 0, let hours = number(2) else { return nil }
        _ = skip(":")
        guard let minutes = number(2) else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }

    mutating func skip(_ character: Character) -> Bool {
        guard let byte = character.asciiValue, rest.first == byte else { return false }
        rest = rest.dropFirst()
        return true
    }
}
