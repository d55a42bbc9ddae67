// SPDX-License-Identifier: Apache-2.0

package import Foundation

extension UUID {
    /// The id that follows from content: a version 8 UUID (RFC 9562, section 5.8) over the first 16 bytes of its digest.
    package init(digest: [UInt8]) {
        precondition(digest.count >= 16, "a digest has at least 16 bytes")
        var bytes = Array(digest.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        self = bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}
