// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Fleet
import Foundation
import NIOCore
import NIOPosix

extension CallbackSender {
    static let tooLate = "no answer within the limit"
    private static let longestReason = 300

    /// What went wrong, in words for a person.
    package static func callbackError(_ error: any Error) -> CallbackError {
        switch error {
        case let error as CallbackError:
            return error
        case let error as HTTPClientError where isTimeout(error):
            return .timeout(error == .connectTimeout ? "no connection within the limit" : tooLate)
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            return .unreachable("the receiver closed the connection without an answer")
        case is CancellationError:
            return .unreachable("this notifier was stopped")
        // In their own words both name the address, which may be one of an inner network.
        case let error as NIOConnectionError:
            return .unreachable("the receiver can't be reached: \(words(error.connectionErrors.lazy.map(\.error)))")
        case let error as IOError:
            return .unreachable("the receiver can't be reached: \(words([error]))")
        case let error as ChannelError:
            if case .connectTimeout = error { return .timeout("no connection within the limit") }
            return .unreachable("the connection broke")
        default:
            if let words = TLSWords.about(error) { return .unreachable("the receiver can't be trusted: \(words)") }
            let reason = HarmlessText.line("\(error)", limit: longestReason)
            return .unreachable("the receiver can't be reached: \(reason)")
        }
    }

    private static func words(_ errors: some Sequence<any Error>) -> String {
        let number = errors.lazy.compactMap { ($0 as? IOError)?.errnoCode }.first
        return number.flatMap { strerror($0) }.map { String(cString: $0) } ?? "no connection"
    }

    private static func isTimeout(_ error: HTTPClientError) -> Bool {
        [
            .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .tlsHandshakeTimeout,
            .getConnectionFromPoolTimeout,
        ]
        .contains(error)
    }
}
