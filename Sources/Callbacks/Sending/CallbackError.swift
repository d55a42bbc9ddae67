// SPDX-License-Identifier: Apache-2.0

/// Why a callback did not reach its receiver, or got no answer. Holds nothing of the callback's headers or URL.
package enum CallbackError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No answer within the limit.
    case timeout(String)
    /// No connection, or one that broke.
    case unreachable(String)
    /// It resolves to addresses that a callback must not reach.
    case forbidden(String)
    /// The callback itself is at fault.
    case unusable(String)

    package var description: String {
        switch self {
        case .timeout(let reason), .unreachable(let reason), .forbidden(let reason), .unusable(let reason): reason
        }
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
