// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The JSON schemas of records, found by letting a record decode itself: it asks for each of its keys, says which it can
/// do without, and what each holds. So a field is stated in its record alone.
struct RecordSchema {
    /// The names of the records that have a schema of their own, to which others refer.
    private let names: [ObjectIdentifier: String]
    /// The schemas by name.
    private(set) var schemas: [String: JSONValue] = [:]

    /// The schemas of `records`.
    ///
    /// - Throws: `DecodingError` for a record that decodes itself by other means than its keys.
    init(_ records: [String: any Codable.Type]) throws {
        names = Dictionary(records.map { (ObjectIdentifier($1), $0) }) { first, _ in first }
        for (name, type) in records { schemas[name] = try keys(of: type) }
    }

    /// The schema of a type, and any value of it, so that what holds it can be decoded further; the value is nil where
    /// the type takes none of ours.
    fileprivate func read<Value: Decodable>(_ type: Value.Type) throws -> (schema: JSONValue, value: Value?) {
        if let simple = type as? any SimpleSchema.Type { return (simple.schema, simple.sample as? Value) }
        if let words = type as? any CaseIterable.Type, let (schema, first) = Self.words(words) {
            return (schema, first as? Value)
        }
        if let list = type as? any CompoundSchema.Type { return (try list.schema(self), list.sample as? Value) }
        let decoder = SchemaDecoder(schemas: self)
        let value: Value?
        do {
            value = try Value(from: decoder)
        } catch let error as DecodingError {
            // A text that has to look like something: that it is a text is known by now.
            guard decoder.single != nil else { throw error }
            value = nil
        }
        if let name = names[ObjectIdentifier(type)] { return (APIOperation.schema(name), value) }
        return (decoder.schema, value)
    }

    /// A value of a record, with something in every key that takes any value.
    func sample<Value: Decodable>(of type: Value.Type) throws -> Value {
        try Value(from: SchemaDecoder(schemas: self))
    }

    private func keys<Value: Decodable>(of type: Value.Type) throws -> JSONValue {
        let decoder = SchemaDecoder(schemas: self)
        _ = try Value(from: decoder)
        return decoder.schema
    }

    /// The words of an enum, and the first of them.
    private static func words<Words: CaseIterable>(_ type: Words.Type) -> (JSONValue, Any?)? {
        let words = type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
        guard !words.isEmpty, words.count == type.allCases.count else { return nil }
        return (["type": "string", "enum": .list(words.map { .text($0) })], type.allCases.first)
    }
}

/// What a type is in JSON, if it is always the same.
private protocol SimpleSchema {
    static var schema: JSONValue { get }
    static var sample: Self { get }
}

extension String: SimpleSchema {
    fileprivate static var schema: JSONValue { ["type": "string"] }
    fileprivate static var sample: String { "" }
}

extension Int: SimpleSchema {
    fileprivate static var schema: JSONValue { ["type": "integer"] }
    fileprivate static var sample: Int { 0 }
}

extension Double: SimpleSchema {
    fileprivate static var schema: JSONValue { ["type": "number"] }
    fileprivate static var sample: Double { 0 }
}

extension Bool: SimpleSchema {
    fileprivate static var schema: JSONValue { ["type": "boolean"] }
    fileprivate static var sample: Bool { false }
}

extension UUID: SimpleSchema {
    fileprivate static var schema: JSONValue { ["type": "string"] }
    fileprivate static var sample: UUID { UUID() }
}

extension Date: SimpleSchema {
    fileprivate static var schema: JSONValue { ["type": "string", "format": "date-time"] }
    fileprivate static var sample: Date { Date(timeIntervalSince1970: 0) }
}

/// A type that holds others.
private protocol CompoundSchema {
    static func schema(_ schemas: RecordSchema) throws -> JSONValue
    static var sample: Self { get }
}

extension Array: CompoundSchema where Element: Decodable {
    fileprivate static func schema(_ schemas: RecordSchema) throws -> JSONValue {
        ["type": "array", "items": try schemas.read(Element.self).schema]
    }
    fileprivate static var sample: [Element] { [] }
}

extension Set: CompoundSchema where Element: Decodable {
    fileprivate static func schema(_ schemas: RecordSchema) throws -> JSONValue {
        ["type": "array", "uniqueItems": true, "items": try schemas.read(Element.self).schema]
    }
    fileprivate static var sample: Set<Element> { [] }
}

extension Dictionary: CompoundSchema where Key == String, Value: Decodable {
    fileprivate static func schema(_ schemas: RecordSchema) throws -> JSONValue {
        ["type": "object", "additionalProperties": try schemas.read(Value.self).schema]
    }
    fileprivate static var sample: [String: Value] { [:] }
}

/// Takes note of what a record asks for.
private final class SchemaDecoder: Decoder {
    let schemas: RecordSchema
    private var properties: [String: JSONValue] = [:]
    private var required: Set<String> = []
    /// What was asked whether it is there at all.
    private var optional: Set<String> = []
    /// What the only value is, of a type that has no keys.
    private(set) var single: JSONValue?

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    init(schemas: RecordSchema) { self.schemas = schemas }

    var schema: JSONValue {
        single ?? [
            "type": "object", "required": .list(required.sorted().map { .text($0) }),
            "properties": .object(properties), "additionalProperties": false,
        ]
    }

    func note<Value: Decodable>(_ type: Value.Type, _ key: any CodingKey) throws -> Value? {
        let (schema, value) = try schemas.read(type)
        let name = Self.spelled(key.stringValue)
        properties[name] = schema
        if !optional.contains(name) { required.insert(name) }
        return value
    }

    func noteOptional(_ key: any CodingKey) { optional.insert(Self.spelled(key.stringValue)) }

    func noteSingle<Value: Decodable>(_ type: Value.Type) throws -> Value? {
        let (schema, value) = try schemas.read(type)
        single = schema
        return value
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(SchemaKeys(decoder: self))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { SchemaValue(decoder: self) }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "a list without a type"))
    }

    /// As the encoder of records spells a property: `callback_url` for `callbackURL`, `maximum_url_bytes` for
    /// `maximumURLBytes`.
    private static func spelled(_ property: String) -> String {
        let characters = Array(property)
        var key = ""
        for (place, character) in characters.enumerated() {
            let follows = place > 0 && !characters[place - 1].isUppercase
            let precedes = place > 0 && place + 1 < characters.count && characters[place + 1].isLowercase
            if character.isUppercase, follows || precedes { key += "_" }
            key += character.lowercased()
        }
        return key
    }
}

private struct SchemaKeys<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: SchemaDecoder

    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }
    /// Simple types ask this before they are decoded where they may be missing.
    func decodeNil(forKey key: Key) throws -> Bool {
        decoder.noteOptional(key)
        return false
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        guard let value = try decoder.note(type, key) else {
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "no sample of \(type)")
        }
        return value
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        decoder.noteOptional(key)
        return try decoder.note(type, key)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
        -> KeyedDecodingContainer<Nested>
    { try decoder.container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder.unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { decoder }
    func superDecoder(forKey key: Key) throws -> any Decoder { decoder }
}

private struct SchemaValue: SingleValueDecodingContainer {
    let decoder: SchemaDecoder

    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        guard let value = try decoder.noteSingle(type) else {
            throw DecodingError.dataCorruptedError(in: self, debugDescription: "no sample of \(type)")
        }
        return value
    }
}
