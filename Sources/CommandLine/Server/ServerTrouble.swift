// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import HTTPExchange

/// No answer came from a server.
struct ServerTrouble: Error {
    /// Why, in words.
    let reason: String
    /// Whether it is certain that the server has heard nothing of the request.
    let wasNotSent: Bool
    /// Whether that may pass by itself.
    let mayPass: Bool

    /// What an error of the HTTP client means.
    ///
    /// - Parameter limit: How long the exchange could take.
    init(_ error: any Error, within limit: Duration) {
        let failure = ConnectionFailure(error, authoritiesKey: "--ca-file")
        if (error as? HTTPClientError) == .deadlineExceeded {
            reason = "no whole answer within \(limit.components.seconds) s"
        } else {
            reason = failure.kind == .untrusted ? "it can't be trusted: \(failure.reason)" : failure.reason
        }
        wasNotSent = failure.wasNotSent
        mayPass = failure.kind != .untrusted
    }
}
