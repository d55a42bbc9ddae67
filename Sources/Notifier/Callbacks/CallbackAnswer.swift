// SPDX-License-Identifier: Apache-2.0

/// What a receiver answered.
struct CallbackAnswer: Sendable, Equatable {
    /// The HTTP status.
    var status: Int
    /// How long it asks to be left alone: its `Retry-After`.
    var retryAfter: Duration?
    /// The beginning of the body, fit to be stored and shown.
    var excerpt: String
}
