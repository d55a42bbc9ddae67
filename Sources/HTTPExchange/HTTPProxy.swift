// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation

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
