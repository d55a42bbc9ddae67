// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// `timestamptz`, exact to its microsecond for about 270 years around 2001; beyond, as exact as a `Date` is.
extension Date: PostgresEncodable, PostgresDecodable {
    /// `timestamptz`
    public static var postgresType: PostgresType { .timestamptz }

    /// In UTC, to the nearest microsecond.
    public func postgresText() throws(PostgresError) -> String? {
        guard let text = TimestampText.write(timeIntervalSinceReferenceDate) else {
            throw PostgresError(.encoding, "a date is beyond what timestamptz can hold")
        }
        return text
    }

    /// From `timestamptz`; `infinity` is an error, since a `Date` has none.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .timestamptz, let text = cell.text else { throw cell.mismatch(Date.self) }
        guard let interval = TimestampText.read(text) else {
            throw cell.mismatch(Date.self, "not a finite time in UTC")
        }
        self.init(timeIntervalSinceReferenceDate: interval)
    }
}

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

/// `interval`, exact to its microsecond: `now() + \(pause)`.
extension Duration: PostgresEncodable, PostgresDecodable {
    private static let microsecondsPerSecond: Int64 = 1_000_000
    private static let attosecondsPerMicrosecond: Int64 = 1_000_000_000_000

    /// `interval`
    public static var postgresType: PostgresType { .interval }

    /// Hours, minutes and seconds, to the nearest microsecond. It has no days: one of those may have 23 hours.
    public func postgresText() throws(PostgresError) -> String? {
        let (seconds, attoseconds) = components
        let half = Self.attosecondsPerMicrosecond / 2
        let rest = (attoseconds + (attoseconds < 0 ? -half : half)) / Self.attosecondsPerMicrosecond
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: Self.microsecondsPerSecond)
        let (microseconds, isBeyond) = whole.addingReportingOverflow(rest)
        guard !overflow, !isBeyond else {
            throw PostgresError(.encoding, "a duration is beyond what an interval can hold")
        }
        let length = microseconds.magnitude
        let (minutes, part) = length.quotientAndRemainder(dividingBy: 60 * UInt64(Self.microsecondsPerSecond))
        let (second, fraction) = part.quotientAndRemainder(dividingBy: UInt64(Self.microsecondsPerSecond))
        let digits = String(fraction)
        let zeros = String(repeating: "0", count: 6 - digits.count)
        return "\(microseconds < 0 ? "-" : "")\(minutes / 60):\(minutes % 60):\(second).\(zeros)\(digits)"
    }

    /// From `interval`, of which a day has 24 hours. One with months or years is an error: they have no one length.
    public init(postgres cell: PostgresCell) throws(PostgresError) {
        guard cell.type == .interval, let text = cell.text else { throw cell.mismatch(Duration.self) }
        guard let duration = Self.read(text) else {
            throw cell.mismatch(Duration.self, "not a finite number of days and microseconds")
        }
        self = duration
    }

    /// The server's style `postgres`: `1 day -02:03:04.5`.
    private static func read(_ text: String) -> Duration? {
        var words = text.split(separator: " ")[...]
        var microseconds: Int64 = 0
        if words.count >= 2, words[words.startIndex + 1].hasPrefix("day") {
            guard let days = words.popFirst().flatMap({ Int64($0) }) else { return nil }
            words.removeFirst()
            let (count, overflow) = days.multipliedReportingOverflow(by: 86_400 * microsecondsPerSecond)
            guard !overflow else { return nil }
            microseconds = count
        }
        if let clock = words.popFirst() {
            guard let time = readClock(clock) else { return nil }
            let (sum, overflow) = microseconds.addingReportingOverflow(time)
            guard !overflow else { return nil }
            microseconds = sum
        }
        return words.isEmpty ? .microseconds(microseconds) : nil
    }

    private static func readClock(_ clock: Substring) -> Int64? {
        let isNegative = clock.hasPrefix("-")
        let parts = clock.drop { $0 == "-" || $0 == "+" }.split(separator: ":")
        guard parts.count == 3, let hours = Int64(parts[0]), let minutes = Int64(parts[1]) else { return nil }
        let second = parts[2].split(separator: ".", maxSplits: 1)
        let digits = second.count > 1 ? second[1] : "0"
        guard let seconds = second.first.flatMap({ Int64($0) }), digits.utf8.count <= 6,
            let fraction = Int64(digits + String(repeating: "0", count: 6 - digits.utf8.count)),
            (0...59).contains(minutes), (0...60).contains(seconds), fraction >= 0
        else { return nil }
        let (whole, overflow) = hours.multipliedReportingOverflow(by: 3600 * microsecondsPerSecond)
        let (sum, isBeyond) = whole.addingReportingOverflow((minutes * 60 + seconds) * microsecondsPerSecond + fraction)
        guard !overflow, !isBeyond else { return nil }
        return isNegative ? -sum : sum
    }
}

extension Duration {
    /// Rounded up; what is too long for an `Int64` is as long as that.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (thousands, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        let (sum, overflows) = thousands.addingReportingOverflow(rest)
        return overflows ? .max : sum
    }
}
