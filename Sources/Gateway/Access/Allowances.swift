// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Foundation

/// How many requests each token, and each address without a good one, may still make at this gateway. They are kept
/// apart, so that no number of addresses has anything forgotten of a token's, and no flood of guesses takes the page
/// away on which somebody behind the same address would sign in.
struct Allowances: Sendable {
    private let tokens: RateLimiter
    private let addresses: RateLimiter
    private let pages: RateLimiter

    init(perSecond: Int, burst: Int) {
        tokens = RateLimiter(perSecond: perSecond, burst: burst)
        addresses = RateLimiter(perSecond: perSecond, burst: burst)
        pages = RateLimiter(perSecond: perSecond, burst: burst)
    }

    /// Takes a request from a token's allowance.
    ///
    /// - Throws: ``Refusal`` 429 when it is used up.
    func take(token id: UUID) throws(Refusal) { try take(id.text, tokens) }

    /// Takes a request from an address's allowance; those that nobody knows the address of have one together.
    ///
    /// - Throws: ``Refusal`` 429 when it is used up.
    func take(from address: String?) throws(Refusal) { try take(Self.key(of: address), addresses) }

    /// Takes a request for the page on which people sign in, or for what belongs to it, from an address's allowance of
    /// these.
    ///
    /// - Throws: ``Refusal`` 429 when it is used up.
    func take(pageFor address: String?) throws(Refusal) { try take(Self.key(of: address), pages) }

    /// Gives an address back what was taken for a token that turned out to be good.
    func giveBack(to address: String?) { addresses.giveBack(Self.key(of: address)) }

    /// What stands for an address: an IPv6 network of 64 bits is one sender, which may use any address in it.
    static func key(of address: String?) -> String {
        guard let address else { return "unknown" }
        guard let bytes = IPAddress(address)?.bytes, bytes.count == 16 else { return address }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    }

    private func take(_ key: String, _ limiter: RateLimiter) throws(Refusal) {
        if let seconds = limiter.take(key) { throw .tooMany(retryAfter: seconds) }
    }
}
