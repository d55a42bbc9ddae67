// SPDX-License-Identifier: Apache-2.0

package import AsyncHTTPClient
import Foundation
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
        // Spans are made of steps of the fleet, and the export of spans must make none.
        configuration.tracing.tracer = nil
        if let maximumConnections {
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = maximumConnections
        }
        if let dialled { configuration.dnsOverride = [dialled.host: dialled.address] }
        if let proxy { configuration.proxy = proxy.clientProxy }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}

/// An HTTP proxy that requests go through. It is asked for a tunnel (CONNECT, RFC 9110, section 9.3.6) to every address, so
/// what is sent over TLS stays encrypted from end to end.
package struct HTTPProxy: Sendable, Equatable {
    package let host: String
    package let port: Int
    /// What the proxy is told of us, as `user:password`.
    private let credentials: String?

    /// What a text must look like, as the end of a sentence about it.
    package static let form = "the URL of an HTTP proxy, such as http://proxy.example.com:3128"

    /// A proxy from its URL, such as `http://user:password@proxy.example.com:3128`; nil if the text is none. As in curl, a
    /// text without a scheme is an HTTP proxy's.
    package init?(_ text: String) {
        let url = text.contains("://") ? text : "http://\(text)"
        guard let parts = URLComponents(string: url), parts.scheme?.lowercased() == "http", let host = parts.host,
            !host.isEmpty, ["", "/"].contains(parts.path), parts.query == nil, parts.fragment == nil
        else { return nil }
        let port = parts.port ?? 80
        guard (1...65_535).contains(port) else { return nil }
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        self.port = port
        credentials = parts.user.map { "\($0):\(parts.password ?? "")" }
    }

    /// As the HTTP client takes it.
    var clientProxy: HTTPClient.Configuration.Proxy {
        guard let credentials else { return .server(host: host, port: port) }
        return .server(
            host: host,
            port: port,
            authorization: .basic(credentials: Data(credentials.utf8).base64EncodedString())
        )
    }
}

extension HTTPProxy: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without what the proxy is told of us.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["host": host, "port": port]) }
}
