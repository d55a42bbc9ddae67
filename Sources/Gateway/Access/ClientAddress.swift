// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTypes
import Hummingbird
import NIOCore

/// Finds out where a request comes from: by the connection, or by what a reverse proxy that is trusted says of it.
struct ClientAddress: Sendable {
    private let proxies: [(base: [UInt8], length: Int)]

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")

    /// Believes proxies in these networks, given as CIDRs.
    init(trustedProxies: [String]) {
        proxies = trustedProxies.compactMap { text in
            let parts = text.split(separator: "/").map(String.init)
            guard parts.count == 2, let base = Self.bytes(of: parts[0]), let length = Int(parts[1]) else { return nil }
            return (base, length)
        }
    }

    /// The address, without a port; nil where the connection has none.
    func of(_ request: Request, on channel: any Channel) -> String? {
        let peer = channel.remoteAddress?.ipAddress
        return of(peer: peer, forwardedFor: Self.forwardedFor.flatMap { request.headers[values: $0] } ?? [])
    }

    /// The last address in the list that is no proxy of ours: what stands before it, anybody may have written.
    func of(peer: String?, forwardedFor: [String]) -> String? {
        guard let peer, isTrusted(peer) else { return peer }
        let hops = forwardedFor.flatMap { $0.split(separator: ",") }.map { $0.filter { !$0.isWhitespace } }
        var client = peer
        for hop in hops.reversed() {
            guard Self.bytes(of: hop) != nil else { break }
            client = hop
            guard isTrusted(hop) else { break }
        }
        return client
    }

    private func isTrusted(_ address: String) -> Bool {
        guard let bytes = Self.bytes(of: address) else { return false }
        return proxies.contains { base, length in
            guard base.count == bytes.count, length <= bytes.count * 8, length >= 0 else { return false }
            let (whole, bits) = (length / 8, length % 8)
            guard base.prefix(whole) == bytes.prefix(whole) else { return false }
            return bits == 0 || (base[whole] ^ bytes[whole]) >> (8 - UInt8(bits)) == 0
        }
    }

    private static func bytes(of text: String) -> [UInt8]? {
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        // An IPv4 address in IPv6 clothes.
        return bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] ? Array(bytes[12...]) : bytes
    }
}
