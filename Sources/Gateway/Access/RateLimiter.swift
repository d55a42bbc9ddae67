// SPDX-License-Identifier: Apache-2.0

import Synchronization

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
