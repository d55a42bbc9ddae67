// SPDX-License-Identifier: Apache-2.0

package import AsyncHTTPClient
import Deadlines
package import NIOCore

/// One request and its answer, within one limit.
///
/// The HTTP client's own deadline ends with the answer's head; what then trickles its body would hold us for ever. So the
/// limit is over all of it: connecting, sending, and whatever `read` does with the answer.
package enum HTTPExchange {
    /// Sends a request once, and reads its answer.
    ///
    /// - Parameters:
    ///   - limit: How long all of it may take.
    ///   - read: Reads the answer, of whatever status.
    /// - Throws: What ``ConnectionFailure`` puts into words if no whole answer came, `deadlineExceeded` after the limit; or
    ///   else what `read` throws.
    package static func send<Value: Sendable>(
        _ request: HTTPClientRequest,
        over client: HTTPClient,
        within limit: Duration,
        _ read: @escaping @Sendable (HTTPClientResponse) async throws -> Value
    ) async throws -> Value {
        let value = try await withDeadline(limit) {
            try await read(try await head(of: request, over: client, within: limit))
        }
        guard let value else { throw HTTPClientError.deadlineExceeded }
        return value
    }

    /// Sends a request once, and returns when the head of its answer has come. Whoever reads the body needs a limit of
    /// their own.
    ///
    /// - Throws: What ``ConnectionFailure`` puts into words.
    package static func head(
        of request: HTTPClientRequest,
        over client: HTTPClient,
        within limit: Duration
    ) async throws -> HTTPClientResponse {
        try await client.execute(request, timeout: TimeAmount(limit))
    }
}

extension HTTPClientResponse.Body {
    /// All of it.
    ///
    /// - Throws: ``HTTPBodyTooLarge``, before more than `limit` bytes are held.
    package func whole(upTo limit: Int) async throws -> ByteBuffer {
        do {
            return try await collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw HTTPBodyTooLarge(limit: limit)
        }
    }

    /// Its first bytes, at most so many; the rest is not read.
    ///
    /// - Parameter keep: Is given each piece as it comes.
    package func beginning(upTo limit: Int, _ keep: (ByteBufferView) -> Void) async throws {
        var left = limit
        guard left > 0 else { return }
        for try await piece in self {
            let part = piece.readableBytesView.prefix(left)
            keep(part)
            left -= part.count
            if left <= 0 { break }
        }
    }
}

/// A body is larger than is read.
package struct HTTPBodyTooLarge: Error, Equatable {
    package let limit: Int

    package init(limit: Int) { self.limit = limit }
}
