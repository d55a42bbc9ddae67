// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Hummingbird
import YAML

/// The small JSON object that an action takes: read strictly, all faults at once. No body is an empty object.
struct ActionBody {
    private let members: [String: Any]
    private var known: Set<String> = []
    private var faults: [Fault] = []

    /// The largest body, in bytes.
    static let maximumBytes = 1 << 20
    /// How many bytes of the gateway's budget one byte of it takes: a list of small numbers is as much larger in memory.
    static let cost = 64

    /// - Throws: ``Refusal`` for a body that is no JSON object.
    init(_ bytes: [UInt8]) throws(Refusal) {
        guard !bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) else {
            members = [:]
            return
        }
        guard let value = try? JSONSerialization.jsonObject(with: Data(bytes)), let object = value as? [String: Any]
        else { throw .badRequest([Fault(pointer: "", reason: "must be a JSON object")]) }
        if let key = Self.repeatedKey(in: bytes) {
            throw .badRequest([Fault(pointer: Self.pointer(to: key), reason: "stands there more than once")])
        }
        members = object
    }

    /// A key that stands there twice: which of the values holds, readers of JSON do not agree on.
    private static func repeatedKey(in bytes: [UInt8]) -> String? {
        var cursor = JSONCursor(bytes, from: ByteOrderMark.count(before: bytes))
        var seen: Set<String> = []
        do {
            var progress = try cursor.enterObject()
            while let key = try cursor.nextKey(&progress) {
                guard seen.insert(key).inserted else { return key }
                try cursor.skip()
            }
        } catch {
            // It was read as JSON already.
        }
        return nil
    }

    private static func pointer(to key: String) -> String {
        "/" + key.replacing("~", with: "~0").replacing("/", with: "~1")
    }

    /// A text of at most so many Unicode scalars, which is what JSON Schema counts.
    mutating func text(_ key: String, maximumLength: Int = 1_000) -> String? {
        guard let value = value(key) else { return nil }
        if let text = value as? String, text.unicodeScalars.count <= maximumLength, StorableText.isStorable(text) {
            return text
        }
        fault(key, "must be a text of at most \(maximumLength) characters")
        return nil
    }

    /// `true` or `false`.
    mutating func flag(_ key: String, default fallback: Bool = false) -> Bool { flag(orNone: key) ?? fallback }

    /// `true` or `false`, which must be there.
    mutating func requiredFlag(_ key: String) -> Bool {
        if value(key) == nil { fault(key, "is missing") }
        return flag(key)
    }

    /// `true`, `false`, or nothing.
    mutating func flag(orNone key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        if let number = value as? NSNumber, CFBoolean.isOne(number) { return number.boolValue }
        fault(key, "must be true or false")
        return nil
    }

    /// A whole number in this range.
    mutating func integer(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        guard let value = value(key) else { return nil }
        if let number = Self.wholeNumber(value), range.contains(number) { return number }
        fault(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    /// So many seconds; `null` takes the value away, and a missing key leaves it as it is.
    mutating func seconds(_ key: String, _ range: ClosedRange<Int>) -> Duration?? {
        guard !isNull(key) else { return .some(nil) }
        return integer(key, range).map { .some(.seconds($0)) }
    }

    /// A number of failures, or of a hundred jobs with `%`; `null` and a missing key as in ``seconds(_:_:)``.
    mutating func failureLimit(_ key: String) -> FailureLimit?? {
        guard !isNull(key) else { return .some(nil) }
        guard let value = value(key) else { return nil }
        let text = value as? String ?? Self.wholeNumber(value).map { "\($0)" }
        if let limit = text.flatMap({ FailureLimit($0) }) { return .some(limit) }
        fault(key, "must be a whole number of jobs, a percentage such as \"10%\", or null")
        return nil
    }

    /// Different texts: at least one.
    mutating func texts(_ key: String, atMost most: Int, maximumLength: Int = 1_000) -> [String]? {
        guard let value = value(key) else { return nil }
        if let texts = value as? [String], (1...most).contains(texts.count), Set(texts).count == texts.count,
            texts.allSatisfy({ !$0.isEmpty && $0.unicodeScalars.count <= maximumLength && StorableText.isStorable($0) })
        {
            return texts
        }
        fault(key, "must be a list of 1 to \(most) different texts of at most \(maximumLength) characters")
        return nil
    }

    /// An object of texts.
    mutating func textMembers(_ key: String) -> [String: String]? {
        guard let value = value(key) else { return nil }
        if let texts = value as? [String: String], texts.count <= Self.maximumTextMembers,
            texts.allSatisfy({ StorableText.isStorable($0.key) && StorableText.isStorable($0.value) })
        {
            return texts
        }
        fault(key, "must be an object of at most \(Self.maximumTextMembers) texts")
        return nil
    }

    /// The most members of an object of texts.
    static let maximumTextMembers = 20

    /// Places of jobs in the document: at least one.
    mutating func positions(_ key: String) -> Set<Int>? {
        guard let value = value(key) else { return nil }
        let numbers = (value as? [Any])?.map { item -> Int? in
            Self.wholeNumber(item).flatMap { (0...Int(Int32.max)).contains($0) ? $0 : nil }
        }
        if let numbers, !numbers.isEmpty, numbers.allSatisfy({ $0 != nil }) { return Set(numbers.compactMap(\.self)) }
        fault(key, "must be a list of jobs' places in the document, whole numbers from 0")
        return nil
    }

    /// One of these words.
    mutating func word<Word: RawRepresentable & CaseIterable>(_ key: String, _ type: Word.Type) -> Word?
    where Word.RawValue == String {
        guard let value = value(key) else { return nil }
        if let text = value as? String, let word = Word(rawValue: text) { return word }
        fault(key, "must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        return nil
    }

    /// Says that something is wrong with a member.
    mutating func fault(_ key: String, _ reason: String) { faults.append(Fault(pointer: "/\(key)", reason: reason)) }

    /// To be called when all has been read.
    ///
    /// - Throws: ``Refusal`` with everything that is wrong.
    func finish() throws(Refusal) {
        let strangers = members.keys.filter { !known.contains($0) }.sorted().map { key in
            Fault(pointer: Self.pointer(to: key), reason: "is not a key of this request")
        }
        let all = faults + strangers
        guard all.isEmpty else { throw .badRequest(all) }
    }

    private mutating func value(_ key: String) -> Any? {
        known.insert(key)
        return members[key]
    }

    private mutating func isNull(_ key: String) -> Bool { value(key) is NSNull }

    /// 3.0 is a whole number to JSON; one that a double can't hold exactly is of no use here.
    private static func wholeNumber(_ value: Any) -> Int? {
        guard let number = value as? NSNumber, !CFBoolean.isOne(number) else { return nil }
        return Int(exactly: number.doubleValue)
    }
}

/// Foundation has numbers and truths of JSON in one class.
private enum CFBoolean {
    static func isOne(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
