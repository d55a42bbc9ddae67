// SPDX-License-Identifier: Apache-2.0

extension ConfigurationKind where Value == Int {
    /// A whole number.
    static func integer(_ range: ClosedRange<Int>) -> Self { whole("whole number", range) }

    /// A number of bytes.
    static func bytes(_ range: ClosedRange<Int>) -> Self { whole("bytes", range) }

    fileprivate static func whole(_ unit: String, _ range: ClosedRange<Int>) -> Self {
        Self("\(unit), \(range.lowerBound) to \(range.upperBound)", write: \.description) {
            text,
            _ throws(ConfigurationComplaint) in
            guard let number = Int(text) else { throw ConfigurationComplaint("must be a whole number") }
            guard range.contains(number) else {
                throw ConfigurationComplaint("must be from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
    }
}

extension ConfigurationKind where Value == Double {
    /// A number from 0 to 1.
    static var fraction: Self {
        Self(
            "number, 0 to 1",
            write: plain,
            make: { text in Double(text).flatMap { (0...1).contains($0) ? $0 : nil } },
            otherwise: "must be a number from 0 to 1"
        )
    }
}

extension ConfigurationKind where Value == Duration {
    /// A time in seconds, which may have a fraction.
    static func seconds(_ range: ClosedRange<Double>) -> Self {
        let bounds = "\(plain(range.lowerBound)) to \(plain(range.upperBound))"
        return Self("seconds, \(bounds)", write: { plain($0 / .seconds(1)) }) {
            text,
            _ throws(ConfigurationComplaint) in
            guard let number = Double(text), number.isFinite else {
                throw ConfigurationComplaint("must be a number of seconds")
            }
            guard range.contains(number) else { throw ConfigurationComplaint("must be from \(bounds) seconds") }
            return .seconds(number)
        }
    }

    /// A time in whole milliseconds.
    static func milliseconds(_ range: ClosedRange<Int>) -> Self {
        let number = ConfigurationKind<Int>.whole("milliseconds", range)
        return Self(number.words, write: { plain($0 / .milliseconds(1)) }) {
            text,
            folder throws(ConfigurationComplaint) in
            .milliseconds(try number.read([text], folder))
        }
    }
}

extension ConfigurationKind where Value == Duration? {
    /// A time in seconds; 0 stands for no time at all.
    static func secondsOrNever(_ range: ClosedRange<Double>) -> Self {
        let seconds = ConfigurationKind<Duration>.seconds(range)
        return Self(seconds.words, write: { seconds.write($0 ?? .zero) }) {
            text,
            folder throws(ConfigurationComplaint) in
            let time = try seconds.read([text], folder)
            return time == .zero ? nil : time
        }
    }
}

extension ConfigurationKind where Value == [Duration] {
    /// Times in seconds, in order.
    static func seconds(each range: ClosedRange<Double>) -> Self {
        let element = ConfigurationKind<Duration>.seconds(range)
        return Self("list of \(element.words) each", of: element)
    }
}

/// A number without the `.0` of whole ones.
private func plain(_ number: Double) -> String {
    number == number.rounded() ? "\(Int(number))" : "\(number)"
}
