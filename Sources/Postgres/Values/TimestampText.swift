// SPDX-License-Identifier: Apache-2.0

/// PostgreSQL's ISO form of timestamps in UTC, to and from seconds since 2001-01-01 00:00 UTC.
enum TimestampText {
    private static let secondsPerDay: Int64 = 86_400
    private static let microsecondsPerSecond: Int64 = 1_000_000
    /// Days from 0000-03-01 to 2001-01-01 in the proleptic Gregorian calendar.
    private static let referenceDay: Int64 = 730_791
    /// What the server can hold ends in 294276 and begins in 4714 BC; a little inside it.
    private static let seconds: ClosedRange<Double> = -211_000_000_000...9_222_000_000_000

    static func write(_ interval: Double) -> String? {
        guard seconds.contains(interval) else { return nil }
        let whole = interval.rounded(.down)
        var second = Int64(whole)
        var micro = Int64(((interval - whole) * 1_000_000).rounded())
        if micro >= microsecondsPerSecond {
            second += 1
            micro -= microsecondsPerSecond
        }
        let day = floorDivide(second, secondsPerDay)
        let rest = second - day * secondsPerDay
        let (year, month, monthDay) = civil(day + referenceDay)
        let era = year > 0 ? "" : " BC"
        let date = "\(pad(year > 0 ? year : 1 - year, 4))-\(pad(month, 2))-\(pad(monthDay, 2))"
        let time = "\(pad(rest / 3600, 2)):\(pad(rest / 60 % 60, 2)):\(pad(rest % 60, 2))"
        return "\(date) \(time).\(pad(micro, 6))+00\(era)"
    }

    static func read(_ text: String) -> Double? {
        var words = text.split(separator: " ")
        let isBC = words.last == "BC"
        if isBC { words.removeLast() }
        guard words.count == 2, words[1].hasSuffix("+00") else { return nil }
        let date = words[0].split(separator: "-").compactMap { Int64($0) }
        let clock = words[1].dropLast(3).split(separator: ":")
        guard date.count == 3, clock.count == 3, let hour = Int64(clock[0]), let minute = Int64(clock[1]) else {
            return nil
        }
        let parts = clock[2].split(separator: ".")
        guard let second = parts.first.flatMap({ Int64($0) }), let micro = fraction(parts.dropFirst().first ?? "0"),
            (0...300_000).contains(date[0]), (1...12).contains(date[1]), (1...31).contains(date[2]),
            (0...24).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let day = days(year: isBC ? 1 - date[0] : date[0], month: date[1], day: date[2]) - referenceDay
        let total = day * secondsPerDay + hour * 3600 + minute * 60 + second
        return Double(total) + Double(micro) / 1_000_000
    }

    private static func fraction(_ digits: Substring) -> Int64? {
        guard digits.utf8.count <= 6, digits.allSatisfy(\.isNumber) else { return nil }
        return Int64(digits + String(repeating: "0", count: 6 - digits.utf8.count))
    }

    private static func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
        let quotient = value / by
        return value % by < 0 ? quotient - 1 : quotient
    }

    /// Days since 0000-03-01, a year that begins in March so that the leap day is its last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let monthFromMarch = (month + 9) % 12
        let leaps = floorDivide(shifted, 4) - floorDivide(shifted, 100) + floorDivide(shifted, 400)
        return 365 * shifted + leaps + (153 * monthFromMarch + 2) / 5 + day - 1
    }

    private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // 400 years always have 146,097 days.
        let cycle = floorDivide(day, 146_097)
        let inCycle = day - cycle * 146_097
        let year = (inCycle - inCycle / 1460 + inCycle / 36_524 - inCycle / 146_096) / 365
        let inYear = inCycle - (365 * year + year / 4 - year / 100)
        let monthFromMarch = (5 * inYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            year: cycle * 400 + year + (month <= 2 ? 1 : 0), month: month,
            day: inYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }
}
