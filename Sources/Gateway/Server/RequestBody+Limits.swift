// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import HummingbirdCore
import NIOCore

extension Request {
    /// The whole body.
    ///
    /// - Throws: ``Refusal``: 413 when it has more than `maximumBytes`, 408 when it takes longer than `timeout`.
    func bytes(atMost maximumBytes: Int, within timeout: Duration) async throws -> [UInt8] {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > maximumBytes {
            throw Refusal.tooLarge(limit: maximumBytes)
        }
        let body = body
        return try await withThrowingTaskGroup(of: [UInt8].self) { tasks in
            tasks.addTask {
                var bytes: [UInt8] = []
                for try await piece in body {
                    guard bytes.count + piece.readableBytes <= maximumBytes else {
                        throw Refusal.tooLarge(limit: maximumBytes)
                    }
                    bytes += piece.readableBytesView
                }
                return bytes
            }
            tasks.addTask {
                try await Task.sleep(for: timeout)
                throw Refusal.tooSlow(limit: timeout)
            }
            defer { tasks.cancelAll() }
            guard let bytes = try await tasks.next() else { return [] }
            return bytes
        }
    }
}
