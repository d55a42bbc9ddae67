// SPDX-License-Identifier: Apache-2.0

/// A value that stands as its text in JSON and in columns.
package protocol CodedAsText: LosslessStringConvertible, Codable {
    /// What its text is, as an error has it: `a mail address`.
    static var meaning: String { get }
}

extension CodedAsText {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not \(Self.meaning)")
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
