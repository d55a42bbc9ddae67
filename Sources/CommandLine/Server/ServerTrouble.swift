// SPDX-License-Identifier: Apache-2.0

import Connections

/// No answer came from a server.
struct ServerTrouble: Error {
    /// Why, in words.
    let reason: String
    /// Whether it is certain that the server has heard nothing of the request.
    var wasNotSent = false
    /// Whether that may pass by itself.
    var mayPass = true

    private init(_ reason: String) { self.reason = reason }

    /// It took longer than it may.
    static func tooLate(_ limit: Duration) -> ServerTrouble {
        ServerTrouble("no whole answer within \(limit.components.seconds) s")
    }

    /// What an error of the HTTP client means.
    init(_ error: any Error) {
        if let trouble = error as? ServerTrouble {
            self = trouble
            return
        }
        let failure = ConnectionFailure(error, authoritiesKey: "--ca-file")
        self.init(failure.kind == .untrusted ? "it can't be trusted: \(failure.reason)" : failure.reason)
        wasNotSent = failure.wasNotSent
        mayPass = failure.kind != .untrusted
    }
}
