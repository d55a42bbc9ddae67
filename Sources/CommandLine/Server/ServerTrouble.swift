// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Callbacks
import Fleet
import NIOCore
import NIOHTTP1
import NIOPosix

/// No answer came from a server.
struct ServerTrouble: Error {
    /// Why, in words.
    let reason: String
    /// Whether it is certain that the server has heard nothing of the request.
    var wasNotSent = false
    /// Whether that may pass by itself.
    var mayPass = true

    private static let longestReason = 300

    private init(_ reason: String, wasNotSent: Bool = false, mayPass: Bool = true) {
        self.reason = reason
        self.wasNotSent = wasNotSent
        self.mayPass = mayPass
    }

    /// It took longer than it may.
    static func tooLate(_ limit: Duration) -> ServerTrouble {
        ServerTrouble("no whole answer within \(limit.components.seconds) s")
    }

    /// What an error of the HTTP client means.
    init(_ error: any Error) {
        switch error {
        case let trouble as ServerTrouble: self = trouble
        case let error as HTTPClientError where error == .connectTimeout:
            self.init("no connection within the limit", wasNotSent: true)
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            self.init("it closed the connection and sent no whole answer")
        case let error as HTTPClientError: self.init("\(error.shortDescription)")
        case is HTTPParserError: self.init("what it sends is no whole answer of HTTP")
        case let error as ChannelError:
            if case .connectTimeout = error {
                self.init("no connection within the limit", wasNotSent: true)
            } else {
                self.init("the connection broke")
            }
        case let error as NIOConnectionError:
            let first = error.connectionErrors.first.map { "\($0.error)" }
            let cause = first ?? (error.dnsAError ?? error.dnsAAAAError).map { "its name is not known: \($0)" }
            self.init(HarmlessText.line(cause ?? "no connection", limit: Self.longestReason), wasNotSent: true)
        default:
            if let words = TLSWords.about(error, more: "--ca-file") {
                self.init("it can't be trusted: \(words)", wasNotSent: true, mayPass: false)
            } else {
                self.init(HarmlessText.line("\(error)", limit: Self.longestReason))
            }
        }
    }
}
