// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Networks in text form.
enum NetworkText {
    /// Whether `text` is an address and a prefix length that fits it: `10.0.0.0/8`, `fd00::/8`.
    static func isCIDR(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = UInt8(parts[1]), !parts[1].hasPrefix("+") else { return false }
        var storage = in6_addr()
        if inet_pton(AF_INET, String(parts[0]), &storage) == 1 { return length <= 32 }
        return inet_pton(AF_INET6, String(parts[0]), &storage) == 1 && length <= 128
    }
}
