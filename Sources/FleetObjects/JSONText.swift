// SPDX-License-Identifier: Apache-2.0

import Foundation

/// JSON as `--output json` prints it: indented, keys in snake_case and sorted, times in ISO 8601 (UTC, to the second).
/// A key without a value is left out.
package enum JSONText {
    /// The text of a value.
    package static func of(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
