// SPDX-License-Identifier: Apache-2.0

package import AsyncHTTPClient

/// An HTTP client that is shut down, at the latest, when nobody holds it any more.
///
/// An `HTTPClient` that is dropped before it was shut down ends the process in a debug build and leaks its connections in
/// any other. Whoever makes one together with other things, some of which may fail or be cancelled, holds it by this.
package final class OwnedHTTPClient: Sendable {
    package let client: HTTPClient

    package init(_ client: HTTPClient) { self.client = client }

    deinit {
        // Does nothing to one that was shut down.
        client.shutdown { _ in }
    }

    /// Shuts it down and waits for that.
    package func shutdown() async throws { try await client.shutdown() }
}
