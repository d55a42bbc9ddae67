// SPDX-License-Identifier: Apache-2.0

/// A range of addresses with a common beginning: `10.0.0.0/8`, `fd00::/8`.
package struct Network: Hashable, Sendable {
    private let base: [UInt8]
    private let length: Int

    /// A network in CIDR notation; `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])), let length = Int(parts[1]),
            !parts[1].hasPrefix("+"), (0...(address.bytes.count * 8)).contains(length)
        else { return nil }
        self.base = address.bytes
        self.length = length
    }

    /// Whether `address` lies in it; an address of the other family never does.
    package func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == base.count else { return false }
        let whole = length / 8
        guard address.bytes.prefix(whole) == base.prefix(whole) else { return false }
        let bits = length % 8
        guard bits > 0 else { return true }
        let mask = UInt8.max << UInt8(8 - bits)
        return address.bytes[whole] & mask == base[whole] & mask
    }
}
