// SPDX-License-Identifier: Apache-2.0

package import AsyncHTTPClient
import NIOCore
package import NIOSSL

/// How requests go out. What is not said here is the same for everybody: HTTP/1.1, no redirects (a POST would become a
/// GET, and tokens would go elsewhere), no decompression, and no second try of a connection.
package struct HTTPSettings: Sendable {
    /// How long a connection may take to be made, TLS included.
    package var connectTimeout: Duration = .seconds(10)
    /// How long a connection that nobody uses is kept.
    package var idleTimeout: Duration = .seconds(1)
    /// Whose word counts for certificates; nil for the system's authorities.
    package var tls: TLSConfiguration?
    /// The most connections to one host; nil for as many as the HTTP client takes by itself.
    package var maximumConnections: Int?
    /// The address that is dialled in place of looking up the name of the host.
    package var dialled: (host: String, address: String)?
    /// What requests go through.
    package var proxy: HTTPProxy?

    package init() {}

    /// Lends an HTTP client with connections of its own.
    package func withClient<Outcome: Sendable>(
        _ body: (HTTPClient) async throws -> Outcome
    ) async throws -> Outcome {
        let client = makeClient()
        let outcome: Result<Outcome, any Error>
        do { outcome = .success(try await body(client)) } catch { outcome = .failure(error) }
        try? await client.shutdown()
        return try outcome.get()
    }

    /// An HTTP client, which whoever makes it shuts down.
    package func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.tlsConfiguration = tls
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = TimeAmount(connectTimeout)
        configuration.connectionPool.idleTimeout = TimeAmount(idleTimeout)
        configuration.connectionPool.retryConnectionEstablishment = false
        if let maximumConnections {
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = maximumConnections
        }
        if let dialled { configuration.dnsOverride = [dialled.host: dialled.address] }
        if let proxy { configuration.proxy = proxy.clientProxy }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
