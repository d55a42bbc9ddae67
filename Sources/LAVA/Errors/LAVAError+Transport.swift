// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOPosix

extension LAVAError {
    /// Reads what the HTTP client threw. Only what is known to have happened before the first byte was sent
    /// leaves no doubt; a connection that died in the pool looks like one that died under the request.
    static func transport(_ error: any Error, changesSomething: Bool) -> LAVAError {
        if error is CancellationError {
            return LAVAError(kind: .cancelled, requestMayHaveBeenProcessed: changesSomething)
        }
        if error is NIOConnectionError || error is SocketAddressError {
            return LAVAError(kind: .transport(reason: reason(of: error)), requestMayHaveBeenProcessed: false)
        }
        // Only connecting can be refused; a reset can meet a connection at any time.
        if let error = error as? IOError, error.errnoCode == ECONNREFUSED {
            return LAVAError(kind: .transport(reason: reason(of: error)), requestMayHaveBeenProcessed: false)
        }
        guard let clientError = error as? HTTPClientError else {
            return LAVAError(
                kind: .transport(reason: reason(of: error)),
                requestMayHaveBeenProcessed: changesSomething
            )
        }
        switch clientError {
        case .cancelled, .requestStreamCancelled:
            return LAVAError(kind: .cancelled, requestMayHaveBeenProcessed: changesSomething)
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            return LAVAError(kind: .timeout, requestMayHaveBeenProcessed: false)
        case .readTimeout, .writeTimeout, .deadlineExceeded:
            return LAVAError(kind: .timeout, requestMayHaveBeenProcessed: changesSomething)
        case .invalidURL, .emptyHost, .emptyScheme, .alreadyShutdown, .httpProxyHandshakeTimeout,
            .socksHandshakeTimeout, .proxyAuthenticationRequired, .invalidProxyResponse:
            return LAVAError(kind: .transport(reason: reason(of: error)), requestMayHaveBeenProcessed: false)
        default:
            return LAVAError(
                kind: .transport(reason: reason(of: error)),
                requestMayHaveBeenProcessed: changesSomething
            )
        }
    }

    private static func reason(of error: any Error) -> String {
        AnswerText.excerpt("\(error)", limit: 400)
    }
}
