// SPDX-License-Identifier: Apache-2.0

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
