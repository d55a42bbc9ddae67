// SPDX-License-Identifier: Apache-2.0

import Fleet

/// What a key may hold: how its text is read, and what the documentation says of it.
///
/// A value comes as text, from the file or the environment alike.
struct ConfigurationKind<Value: Sendable>: Sendable {
    /// Type, unit and range in words.
    let words: String
    /// Whether a value must not be shown. A secret can also be given as the file that holds it.
    let isSecret: Bool
    /// Whether the value is a list.
    let isList: Bool
    /// A value as it would be written in the file.
    let write: @Sendable (Value) -> String
    /// Reads the texts of a list, or the one text of a single value; a path in it is relative to the folder.
    let read: @Sendable (_ texts: [String], _ folder: String?) throws(ConfigurationComplaint) -> Value

    /// A kind of single values.
    init(
        _ words: String,
        isSecret: Bool = false,
        write: @escaping @Sendable (Value) -> String,
        read: @escaping @Sendable (_ text: String, _ folder: String?) throws(ConfigurationComplaint) -> Value
    ) {
        self.words = words
        self.isSecret = isSecret
        isList = false
        self.write = write
        self.read = { texts, folder throws(ConfigurationComplaint) in
            let text = texts.first ?? ""
            guard !text.isEmpty else { throw ConfigurationComplaint("is empty") }
            guard StorableText.isStorable(text) else { throw ConfigurationComplaint("has a NUL character in it") }
            return try read(text, folder)
        }
    }

    /// A kind of lists of another kind.
    init<Element>(_ words: String, of element: ConfigurationKind<Element>) where Value == [Element] {
        self.words = words
        isSecret = element.isSecret
        isList = true
        write = { $0.map(element.write).joined(separator: ", ") }
        read = { texts, folder throws(ConfigurationComplaint) in
            var values: [Element] = []
            for text in texts {
                do throws(ConfigurationComplaint) {
                    values.append(try element.read([text], folder))
                } catch {
                    throw ConfigurationComplaint("element \(values.count + 1) \(error.reason)")
                }
            }
            return values
        }
    }

    /// Single values that are kept as their text, if `complaint` has nothing to say about it.
    init(
        _ words: String,
        complaint: @escaping @Sendable (_ text: String) -> String?
    ) where Value == String {
        self.init(words, write: \.self) { text, _ throws(ConfigurationComplaint) in
            if let reason = complaint(text) { throw ConfigurationComplaint(reason) }
            return text
        }
    }

    /// Secrets, if `complaint` has nothing to say about their text.
    init(
        secret words: String,
        complaint: @escaping @Sendable (_ text: String) -> String?
    ) where Value == Secret {
        self.init("\(words); secret", isSecret: true, write: \.description) { text, _ throws(ConfigurationComplaint) in
            if let reason = complaint(text) { throw ConfigurationComplaint(reason) }
            return Secret(text)
        }
    }

    /// Single values that `make` reads.
    init(
        _ words: String,
        write: @escaping @Sendable (Value) -> String,
        make: @escaping @Sendable (String) -> Value?,
        otherwise reason: String
    ) {
        self.init(words, write: write) { text, _ throws(ConfigurationComplaint) in
            guard let value = make(text) else { throw ConfigurationComplaint(reason) }
            return value
        }
    }
}

/// What is wrong with a text; never repeats it, so that it can be shown for secrets too.
struct ConfigurationComplaint: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

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
