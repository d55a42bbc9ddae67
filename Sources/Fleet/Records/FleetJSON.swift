// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The JSON of records, as `muster --output json` prints it and as the API takes and gives it: keys in snake_case and
/// sorted, times in ISO 8601 (UTC, to the second), ids in lower case. A key without a value is left out.
package enum FleetJSON {
    /// The text of a value, indented for people.
    package static func text(_ value: some Encodable) throws -> String {
        let encoder = encoder()
        encoder.outputFormatting.insert(.prettyPrinted)
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// The bytes of a value, without white space.
    package static func bytes(_ value: some Encodable) throws -> [UInt8] {
        Array(try encoder().encode(value))
    }

    /// A value from its JSON.
    ///
    /// - Throws: `DecodingError`, whose path has the names of properties.
    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { path in PropertyName(path.last?.stringValue ?? "") }
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: Data(bytes))
    }

    private static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

/// What a property is called in Swift: `callbackURL` for `callback_url`, where Foundation would say `callbackURL`.
private struct PropertyName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    private static let abbreviations: Set<Substring> = ["id", "url"]

    init(_ key: String) {
        let words = key.split(separator: "_")
        guard words.count > 1 else {
            stringValue = key
            return
        }
        stringValue =
            words[0]
            + words.dropFirst().map { Self.abbreviations.contains($0) ? $0.uppercased() : $0.capitalized }.joined()
    }

    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}

/// Ids are written in lower case wherever they are a property; by itself Foundation writes capitals. The compiler takes
/// these for every `Codable` that it writes.
extension KeyedEncodingContainer {
    package mutating func encode(_ id: UUID, forKey key: Key) throws { try encode(id.text, forKey: key) }

    package mutating func encodeIfPresent(_ id: UUID?, forKey key: Key) throws {
        try encodeIfPresent(id?.text, forKey: key)
    }
}

/// A key of JSON that is written where its value is: `try body.encode(total, forKey: "total")`.
package struct TextKey: CodingKey, ExpressibleByStringLiteral {
    package let stringValue: String
    package var intValue: Int? { nil }

    package init(stringLiteral value: String) { stringValue = value }
    package init(stringValue: String) { self.stringValue = stringValue }
    package init?(intValue: Int) { nil }
}
