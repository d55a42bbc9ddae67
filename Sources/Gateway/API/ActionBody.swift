// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Hummingbird

/// The small JSON object that an action takes: read strictly, all faults at once. No body is an empty object.
struct ActionBody {
    private let members: [String: Any]
    private var known: Set<String> = []
    private var faults: [Fault] = []

    /// The largest body, in bytes.
    static let maximumBytes = 1 << 20

    /// - Throws: ``Refusal`` for a body that is no JSON object.
    init(_ bytes: [UInt8]) throws(Refusal) {
        guard !bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) else {
            members = [:]
            return
        }
        guard let value = try? JSONSerialization.jsonObject(with: Data(bytes)), let object = value as? [String: Any]
        else { throw .badRequest([Fault(pointer: "", reason: "must be a JSON object")]) }
        members = object
    }

    /// A text.
    mutating func text(_ key: String, maximumBytes: Int = 1_000) -> String? {
        guard let value = value(key) else { return nil }
        if let text = value as? String, text.utf8.count <= maximumBytes, !text.utf8.contains(0) { return text }
        fault(key, "must be a text of at most \(maximumBytes) bytes")
        return nil
    }

    /// `true` or `false`.
    mutating func flag(_ key: String) -> Bool {
        guard let value = value(key) else { return false }
        if let number = value as? NSNumber, CFBoolean.isOne(number) { return number.boolValue }
        fault(key, "must be true or false")
        return false
    }

    /// Places of jobs in the document: at least one.
    mutating func positions(_ key: String) -> Set<Int>? {
        guard let value = value(key) else { return nil }
        let numbers = (value as? [Any])?.map { item -> Int? in
            // 3.0 is a whole number to JSON.
            guard let number = item as? NSNumber, !CFBoolean.isOne(number),
                let place = Int32(exactly: number.doubleValue), place >= 0
            else { return nil }
            return Int(place)
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
            let escaped = key.replacing("~", with: "~0").replacing("/", with: "~1")
            return Fault(pointer: "/\(escaped)", reason: "is not a key of this request")
        }
        let all = faults + strangers
        guard all.isEmpty else { throw .badRequest(all) }
    }

    private mutating func value(_ key: String) -> Any? {
        known.insert(key)
        return members[key]
    }
}

/// Foundation has numbers and truths of JSON in one class.
private enum CFBoolean {
    static func isOne(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
