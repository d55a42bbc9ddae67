// SPDX-License-Identifier: Apache-2.0

import Foundation

/// JSON of values whose keys are spelled out; records are written by `FleetJSON`.
enum GatewayJSON {
    /// The bytes of a value whose keys are spelled out.
    static func encodeAsIs(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}
