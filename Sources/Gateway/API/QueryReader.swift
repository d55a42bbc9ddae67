// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Hummingbird

/// Reads the parameters of a request's query, strictly: what nobody knows is refused by name, and all that is wrong is
/// said at once.
struct QueryReader {
    private let values: [String: [String]]
    private var faults: [Fault] = []
    private var known: Set<String> = []

    /// The longest value, in bytes.
    static let maximumValueBytes = 300
    /// The most parameters.
    static let maximumParameters = 50

    init(_ request: Request) {
        var values: [String: [String]] = [:]
        var count = 0
        for (name, value) in request.uri.queryParameters {
            values[String(name), default: []].append(String(value))
            count += 1
        }
        self.values = values
        if count > Self.maximumParameters {
            faults.append(Fault(pointer: "", reason: "has more than \(Self.maximumParameters) parameters"))
        }
    }

    /// Every value of a parameter that may come several times.
    mutating func texts(_ name: String) -> [String] {
        known.insert(name)
        let found = values[name] ?? []
        for value in found where value.utf8.count > Self.maximumValueBytes || !StorableText.isStorable(value) {
            add(name, value, "must have at most \(Self.maximumValueBytes) bytes, none of them NUL")
        }
        return found
    }

    /// The value of a parameter that comes once.
    mutating func text(_ name: String) -> String? {
        let found = texts(name)
        if found.count > 1 { add(name, nil, "stands there \(found.count) times") }
        return found.first
    }

    /// One of an enumeration's words.
    mutating func word<Word: RawRepresentable & CaseIterable>(_ name: String, _ type: Word.Type) -> Word?
    where Word.RawValue == String {
        guard let text = text(name) else { return nil }
        if let word = Word(rawValue: text) { return word }
        add(name, text, "must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        return nil
    }

    /// A whole number of a range.
    mutating func integer(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        guard let text = text(name) else { return nil }
        if let number = Int(text), range.contains(number) { return number }
        add(name, text, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    /// `true` or `false`.
    mutating func flag(_ name: String) -> Bool {
        guard let text = text(name) else { return false }
        if text != "true", text != "false" { add(name, text, "must be true or false") }
        return text == "true"
    }

    /// An id.
    mutating func id(_ name: String) -> UUID? {
        guard let text = text(name) else { return nil }
        if let id = UUID(uuidString: text) { return id }
        add(name, text, "must be a UUID")
        return nil
    }

    /// A time by RFC 3339.
    mutating func time(_ name: String) -> Date? {
        guard let text = text(name) else { return nil }
        let plain = try? Date(text, strategy: .iso8601)
        let time = plain ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        if let time, Self.isInCalendar(text) { return time }
        add(name, text, "must be a time such as 2026-11-26T12:00:00Z")
        return nil
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

    /// How many items a page may have.
    mutating func limit(default usual: Int, most: Int) -> Int { integer("limit", 1...most) ?? usual }

    /// Where a page begins; a cursor of `parts` parts that `read` makes sense of.
    mutating func cursor<Place>(parts: Int, _ read: ([String]) -> Place?) -> Place? {
        guard let text = text("cursor") else { return nil }
        if let place = Cursor(text, parts: parts).flatMap({ read($0.parts) }) { return place }
        add("cursor", text, "is not one that this list gave out")
        return nil
    }

    /// Says that something is wrong with a parameter.
    mutating func add(_ name: String, _ value: String?, _ reason: String) {
        faults.append(Fault(pointer: "?\(name)", value: value, reason: reason))
    }

    /// To be called when all has been read.
    ///
    /// - Throws: ``Refusal`` with everything that is wrong.
    func finish() throws(Refusal) {
        let strangers = values.keys.filter { !known.contains($0) }.sorted().map { name in
            Fault(pointer: "?\(name)", reason: "is not a parameter of this address")
        }
        let all = faults + strangers
        guard all.isEmpty else { throw .badRequest(all) }
    }
}
