// SPDX-License-Identifier: Apache-2.0

/// Why a callback did not reach its receiver, or got no answer. Holds nothing of the callback's headers or URL.
package enum CallbackError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No answer within the limit.
    case timeout(String)
    /// No connection, or one that broke.
    case unreachable(String)
    /// It resolves to addresses that a callback must not reach; these, which the callback's author must not learn.
    case forbidden(addresses: [String])
    /// The callback itself is at fault.
    case unusable(String)

    package var description: String {
        switch self {
        case .timeout(let reason), .unreachable(let reason), .unusable(let reason): reason
        case .forbidden: "the receiver's address is not one that callbacks may reach"
        }
    }

    /// What an operator may know besides: names of the inner network are none of an author's business.
    package var detail: String? {
        guard case .forbidden(let addresses) = self else { return nil }
        return "\(addresses.joined(separator: ", ")): not public, and not in callback.allowed_networks"
    }

    /// Whether it was not even tried.
    package var isRefusal: Bool {
        switch self {
        case .forbidden, .unusable: true
        case .timeout, .unreachable: false
        }
    }

    /// Whether the receiver should be left in peace for a while.
    package var isTimeout: Bool { if case .timeout = self { true } else { false } }
}
