// SPDX-License-Identifier: Apache-2.0

import FleetStore

/// How long a part of a report may take altogether, however many questions it asks.
struct PartLimit: Sendable {
    /// All of it.
    let limit: Duration
    private let end: ContinuousClock.Instant

    /// A part that begins now.
    init(_ limit: Duration) {
        self.limit = limit
        end = .now + limit
    }

    /// What is left of it.
    ///
    /// - Throws: `QuestionFailure` when that is nothing.
    func left() throws(QuestionFailure) -> Duration {
        let left = end - .now
        guard left > .zero else { throw .tooLong }
        return left
    }
}
