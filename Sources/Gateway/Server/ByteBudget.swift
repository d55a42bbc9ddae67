// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import Synchronization

/// How many bytes of requests the gateway holds at once: together, and for each caller.
final class ByteBudget: Sendable {
    /// What one request holds. It is given back when nobody has this any more.
    final class Holding: Sendable {
        private let budget: ByteBudget
        private let caller: String
        private let count = Mutex(0)

        fileprivate init(_ budget: ByteBudget, _ caller: String) {
            self.budget = budget
            self.caller = caller
        }

        deinit { giveBack() }

        /// Gives all of it back: what was sent is not needed any more.
        func giveBack() {
            let bytes = count.withLock { count in
                defer { count = 0 }
                return count
            }
            budget.giveBack(bytes, of: caller)
        }

        /// Takes so many bytes more.
        ///
        /// - Returns: false when there is no room for them.
        func take(_ bytes: Int) -> Bool {
            guard budget.take(bytes, for: caller) else { return false }
            count.withLock { $0 += bytes }
            return true
        }
    }

    /// The most for all callers together.
    let maximum: Int
    /// The most for one of them.
    let maximumForOne: Int
    private let held = Mutex<(total: Int, callers: [String: Int])>((0, [:]))

    init(_ maximum: Int, forOne maximumForOne: Int) {
        self.maximum = maximum
        self.maximumForOne = maximumForOne
    }

    /// The account of one request.
    func open(for caller: String) -> Holding { Holding(self, caller) }

    /// How many bytes are held.
    var count: Int { held.withLock { $0.total } }

    private func take(_ bytes: Int, for caller: String) -> Bool {
        held.withLock { held in
            let own = held.callers[caller, default: 0]
            guard bytes <= maximum - held.total, bytes <= maximumForOne - own else { return false }
            held.total += bytes
            held.callers[caller] = own + bytes
            return true
        }
    }

    private func giveBack(_ bytes: Int, of caller: String) {
        held.withLock { held in
            held.total -= bytes
            let rest = held.callers[caller, default: 0] - bytes
            held.callers[caller] = rest > 0 ? rest : nil
        }
    }
}

/// Opens an account of the bytes that a request holds, until it is answered. It comes after ``CallerMiddleware``.
struct BodyBudgetMiddleware: RouterMiddleware {
    let budget: ByteBudget

    func handle(
        _ request: Request,
        context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let caller = context.caller.tokenID.map { "token \($0)" } ?? "address \(context.address ?? "unknown")"
        let holding = budget.open(for: caller)
        context.holding = holding
        defer { withExtendedLifetime(holding) {} }
        return try await next(request, context)
    }
}
