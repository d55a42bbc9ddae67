// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import HTTPExchange
import NIOCore
import Testing

@Suite("HTTP clients that have an owner", .timeLimit(.minutes(10)))
struct OwnedHTTPClientTests {
    /// An owner that is dropped at the end of this.
    private func dropped(afterShutdown: Bool) async throws -> HTTPClient {
        let owner = OwnedHTTPClient(HTTPSettings().makeClient())
        if afterShutdown { try await owner.shutdown() }
        return owner.client
    }

    @Test("A client is shut down when its owner is gone, and once only", arguments: [false, true])
    func end(afterShutdown: Bool) async throws {
        // The tests would end here if the client went before it was shut down.
        let client = try await dropped(afterShutdown: afterShutdown)
        await #expect(throws: HTTPClientError.alreadyShutdown) {
            try await client.execute(HTTPClientRequest(url: "http://127.0.0.1:1/"), deadline: .distantFuture)
        }
    }
}
