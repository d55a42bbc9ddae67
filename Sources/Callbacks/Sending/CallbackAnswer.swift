// SPDX-License-Identifier: Apache-2.0

/// What a receiver answered.
package struct CallbackAnswer: Sendable, Equatable {
    package var status: Int
    /// How long it asks to be left alone: its `Retry-After`.
    package var retryAfter: Duration?
    /// The beginning of the body, fit to be stored and shown.
    package var excerpt: String

    /// An answer from its parts.
    package init(status: Int, retryAfter: Duration?, excerpt: String) {
        self.status = status
        self.retryAfter = retryAfter
        self.excerpt = excerpt
    }
}
