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
        var pairs: [(name: String, value: String)] = []
        for (name, value) in request.uri.queryParameters { pairs.append((String(name), String(value))) }
        self.init(pairs: pairs)
    }

    /// The query that a browser makes of a form: a plus is a space, and a field that is left empty says nothing.
    init(form request: Request) {
        var pairs: [(name: String, value: String)] = []
        for field in (request.uri.query ?? "").split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1).map(Self.text)
            if parts.count == 2, !parts[1].isEmpty { pairs.append((parts[0], parts[1])) }
        }
        self.init(pairs: pairs)
    }

    /// A part of a form, as a person typed it.
    private static func text(_ part: Substring) -> String {
        let text = String(part).replacing("+", with: " ")
        return (text.removingPercentEncoding ?? text).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private init(pairs: [(name: String, value: String)]) {
        values = Dictionary(grouping: pairs, by: \.name).mapValues { $0.map(\.value) }
        if pairs.count > Self.maximumParameters {
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
        if let time = Date(rfc3339: text) { return time }
        add(name, text, "must be a time such as 2026-11-26T12:00:00Z")
        return nil
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

    /// Whether something was wrong so far.
    var hasFaults: Bool { !faults.isEmpty }

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
