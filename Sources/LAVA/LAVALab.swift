// SPDX-License-Identifier: Apache-2.0

public import Foundation

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

    /// The user the token belongs to. REST needs only the token; the event stream takes both.
    public var user: String?

    /// The API token, or nil to go anonymously.
    public var token: LAVAToken?

    /// The limit of one request, from asking the pool for a connection to the last byte of the answer.
    public var requestTimeout: Duration

    /// The limit of establishing a connection, TLS included.
    public var connectTimeout: Duration

    /// How many connections may be open at once.
    public var maximumConnections: Int

    /// The largest answer that is read, in bytes. A page of jobs carries every job's definition.
    public var maximumResponseBytes: Int

    /// Describes a lab.
    public init(
        name: String,
        url: URL,
        eventsURL: URL? = nil,
        authorityFile: String? = nil,
        user: String? = nil,
        token: LAVAToken? = nil,
        requestTimeout: Duration = .seconds(30),
        connectTimeout: Duration = .seconds(10),
        maximumConnections: Int = 8,
        maximumResponseBytes: Int = 64 * 1024 * 1024
    ) {
        self.name = name
        self.url = url
        self.eventsURL = eventsURL
        self.authorityFile = authorityFile
        self.user = user
        self.token = token
        self.requestTimeout = requestTimeout
        self.connectTimeout = connectTimeout
        self.maximumConnections = max(1, maximumConnections)
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
