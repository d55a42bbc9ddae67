// SPDX-License-Identifier: Apache-2.0

/// A key of JSON that is written where its value is: `try body.encode(total, forKey: "total")`.
package struct TextKey: CodingKey, ExpressibleByStringLiteral {
    package let stringValue: String
    package var intValue: Int? { nil }

    package init(stringLiteral value: String) { stringValue = value }
    package init(stringValue: String) { self.stringValue = stringValue }
    package init?(intValue: Int) { nil }
}
