// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import Foundation
import Synchronization

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

/// How many requests a caller may still make: so many a second in the long run, and so many at once.
///
/// It holds for this gateway alone; several have a limit each.
final class RateLimiter: Sendable {
    private struct Allowance {
        var requests: Double
        var at: ContinuousClock.Instant
    }

    private let perSecond: Double
    private let burst: Double
    private let allowances = Mutex<[String: Allowance]>([:])

    /// The most callers that are remembered: beyond it those whose allowance is full again are forgotten, and if there
    /// are none, all.
    static let maximumCallers = 100_000

    init(perSecond: Int, burst: Int) {
        self.perSecond = Double(perSecond)
        self.burst = Double(burst)
    }

    /// Takes one request from a caller's allowance.
    ///
    /// - Returns: `nil` when it may be made, else after how many whole seconds the next one may.
    func take(_ caller: String, now: ContinuousClock.Instant = .now) -> Int? {
        allowances.withLock { allowances in
            if allowances.count >= Self.maximumCallers, allowances[caller] == nil { forget(&allowances, now) }
            var allowance = current(allowances[caller], now)
            defer { allowances[caller] = allowance }
            guard allowance.requests >= 1 else {
                return max(1, Int(((1 - allowance.requests) / perSecond).rounded(.up)))
            }
            allowance.requests -= 1
            return nil
        }
    }

    /// Gives back what was taken.
    func giveBack(_ caller: String, now: ContinuousClock.Instant = .now) {
        allowances.withLock { allowances in
            guard var allowance = allowances[caller] else { return }
            allowance = current(allowance, now)
            allowance.requests = min(burst, allowance.requests + 1)
            allowances[caller] = allowance
        }
    }

    private func current(_ allowance: Allowance?, _ now: ContinuousClock.Instant) -> Allowance {
        guard let allowance else { return Allowance(requests: burst, at: now) }
        let seconds = max(0, (now - allowance.at) / .seconds(1))
        return Allowance(requests: min(burst, allowance.requests + seconds * perSecond), at: now)
    }

    private func forget(_ allowances: inout [String: Allowance], _ now: ContinuousClock.Instant) {
        allowances = allowances.filter { current($0.value, now).requests < burst }
        if allowances.count >= Self.maximumCallers { allowances = [:] }
    }
}
