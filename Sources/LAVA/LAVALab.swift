// SPDX-License-Identifier: Apache-2.0

public import Foundation
package import HTTPExchange

/// One LAVA instance: where it is, who we are there, and how much of it we may take.
public struct LAVALab: Sendable {
    /// The name the operator gave this lab; it is used in logs and never sent.
    public var name: String

    /// The origin (`https://lava.example.org`), or the address of the API itself (`…/api/v0.2`).
    public var url: URL

    /// Where the event stream is (`wss://lava.example.org/ws/`), or nil for `/ws/` on the origin of ``url``.
    public var eventsURL: URL?

    /// A PEM file with the authorities that alone may vouch for the lab over TLS, or nil for the system's.
    ///
    /// It replaces the system's authorities in place of adding to them, as `curl --cacert` does: whoever names the
    /// authority of a lab does not want another one to vouch for an impostor. It holds for REST and the event stream.
    public var authorityFile: String?

    /// The HTTP proxy that requests go through, or nil for none. The event stream never goes through one.
    public var proxy: LAVAProxy?

    /// The user the token belongs to. REST needs only the token; the event stream takes both.
    public var user: String?

    /// The API token, or nil to go anonymously.
    public var token: LAVAToken?

    /// The limit of one request, from when it goes out, its connection included, to the last byte of the answer. What it
    /// waits before that for its turn is no part of it; see ``poolTimeout``.
    public var requestTimeout: Duration

    /// The limit of establishing a connection, TLS included.
    public var connectTimeout: Duration

    /// How many requests one client may have open at once, each over a connection of its own.
    public var maximumConnections: Int

    /// How many of them are never fetches of results, however many of those there are: polls, looks, cancellations and
    /// submissions do not stand behind results.
    public var keptConnections: Int

    /// How long a request may wait for its turn while as many as may be are open.
    public var poolTimeout: Duration

    /// The largest answer that is read, in bytes. A page of jobs carries every job's definition; one that is larger is
    /// read as far as that, and goes on in the next request.
    public var maximumResponseBytes: Int

    /// Describes a lab.
    public init(
        name: String,
        url: URL,
        eventsURL: URL? = nil,
        authorityFile: String? = nil,
        proxy: LAVAProxy? = nil,
        user: String? = nil,
        token: LAVAToken? = nil,
        requestTimeout: Duration = .seconds(30),
        connectTimeout: Duration = .seconds(10),
        maximumConnections: Int = 8,
        keptConnections: Int = 2,
        poolTimeout: Duration = .seconds(300),
        maximumResponseBytes: Int = 64 * 1024 * 1024
    ) {
        self.name = name
        self.url = url
        self.eventsURL = eventsURL
        self.authorityFile = authorityFile
        self.proxy = proxy
        self.user = user
        self.token = token
        self.requestTimeout = requestTimeout
        self.connectTimeout = connectTimeout
        self.maximumConnections = max(1, maximumConnections)
        self.keptConnections = min(max(0, keptConnections), self.maximumConnections - 1)
        self.poolTimeout = poolTimeout
        self.maximumResponseBytes = max(1024, maximumResponseBytes)
    }
}

extension LAVALab {
    /// The API's root without a trailing slash: the version is added to an address that has none.
    var apiRoot: String {
        var text = url.absoluteString
        if let query = text.firstIndex(where: { $0 == "?" || $0 == "#" }) { text = String(text[..<query]) }
        while text.hasSuffix("/") { text.removeLast() }
        return text.contains("/api/v0.") ? text : text + "/api/v0.2"
    }
}

/// A LAVA API token. It can be sent, but no description, dump or interpolation shows it.
public struct LAVAToken: Sendable, Equatable {
    /// The token itself, for the header alone.
    let value: String

    /// Takes a token as the lab gave it; white space around it is dropped, since it often comes out of a file.
    public init(_ value: String) {
        self.value = String(value.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

extension LAVAToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `***`.
    public var description: String { "***" }

    /// Always `***`.
    public var debugDescription: String { "***" }

    /// Empty, so that `dump` finds nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// An HTTP proxy that requests to a lab go through. What it is told of us is in no description.
public struct LAVAProxy: Sendable, Equatable, CustomStringConvertible {
    let proxy: HTTPProxy

    /// A proxy from its URL, such as `http://proxy.example.com:3128` or `http://user:password@proxy.example.com:3128`;
    /// nil if the text is none.
    public init?(_ url: String) {
        guard let proxy = HTTPProxy(url) else { return nil }
        self.proxy = proxy
    }

    package init(_ proxy: HTTPProxy) { self.proxy = proxy }

    /// Host and port.
    public var description: String { proxy.description }
}
