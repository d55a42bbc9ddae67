// SPDX-License-Identifier: Apache-2.0

/// How long to wait for one answer of the server, and who may cut the wait short.
struct ResponseWait {
    /// For each result anew. Longer than the server's own `statement_timeout`, so that normally the server ends it.
    var limit: Duration
    /// nil where a cancellation must not be heard: COMMIT, ROLLBACK.
    var cancel: CancelSwitch?

    /// How long the server may take to stop after it was asked to.
    static let cancelGrace: Duration = .seconds(10)
    /// A cancel request that reaches the server before the statement does is lost, so it is repeated at this pace.
    static let cancelPace: Duration = .milliseconds(500)
}
