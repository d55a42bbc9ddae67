// SPDX-License-Identifier: Apache-2.0

extension AMQPConfiguration {
    /// Reads `amqp://user:password@host:port/vhost` or `amqps://…`. A cluster's nodes are separated by commas:
    /// `amqps://user:password@rabbit1,rabbit2,rabbit3:5671/vhost`.
    ///
    /// User, password and virtual host are percent-encoded; an IPv6 address stands in brackets. Without a path, or
    /// with an empty one, the virtual host is `/`. All else keeps its default; queries are refused.
    /// The rules are those of <https://www.rabbitmq.com/uri-spec>, but for the empty virtual host and the list of hosts.
    ///
    /// - Throws: ``AMQPError`` with code `invalidArgument`, which does not repeat the URL: it may hold a password.
    public init(url: String) throws(AMQPError) {
        let (scheme, afterScheme) = try Self.split(url, at: "://", what: "a scheme")
        guard scheme == "amqp" || scheme == "amqps" else {
            throw AMQPError(.invalidArgument, "The URL of the broker must begin with amqp:// or amqps://.")
        }
        guard !afterScheme.contains("?"), !afterScheme.contains("#") else {
            throw AMQPError(.invalidArgument, "The URL of the broker takes no query and no fragment.")
        }
        self.init(tls: scheme == "amqps" ? TLS() : nil)
        let authority = afterScheme.prefix { $0 != "/" }
        let path = afterScheme.dropFirst(authority.count).dropFirst()
        if !path.isEmpty { virtualHost = try Self.percentDecoded(path, what: "virtual host") }

        var places = authority
        if let at = authority.lastIndex(of: "@") {
            let login = authority[..<at]
            places = authority[authority.index(after: at)...]
            let name = login.prefix { $0 != ":" }
            user = try Self.percentDecoded(name, what: "user")
            if name.count < login.count {
                password = try Self.percentDecoded(login.dropFirst(name.count + 1), what: "password")
            }
        }
        guard !places.isEmpty else { return }
        servers = []
        let list = places.split(separator: ",", omittingEmptySubsequences: false)
        for place in list {
            guard list.count == 1 || !place.isEmpty else {
                throw AMQPError(.invalidArgument, "The URL of the broker names an empty host in its list.")
            }
            servers.append(try Self.server(place, usualPort: Self.usualPort(isEncrypted: tls != nil)))
        }
    }

    private static func server(_ text: Substring, usualPort: Int) throws(AMQPError) -> Server {
        var server = Server(host: "127.0.0.1", port: usualPort)
        var rest = text
        if rest.first == "[" {
            let address = rest.dropFirst().prefix { $0 != "]" }
            rest = rest.dropFirst(address.count + 1)
            guard rest.first == "]" else {
                throw AMQPError(.invalidArgument, "The URL of the broker opens a bracket and does not close it.")
            }
            rest = rest.dropFirst()
            server.host = String(address)
        } else {
            let name = rest.prefix { $0 != ":" }
            rest = rest.dropFirst(name.count)
            if !name.isEmpty { server.host = try percentDecoded(name, what: "host") }
        }
        guard !rest.isEmpty else { return server }
        guard rest.first == ":", let number = UInt16(rest.dropFirst()), number > 0 else {
            throw AMQPError(.invalidArgument, "The URL of the broker has a port that is not 1 to 65535.")
        }
        server.port = Int(number)
        return server
    }

    private static func split(
        _ text: String,
        at separator: String,
        what: String
    ) throws(AMQPError) -> (Substring, Substring) {
        guard let range = text.firstRange(of: separator) else {
            throw AMQPError(.invalidArgument, "The URL of the broker lacks \(what).")
        }
        return (text[..<range.lowerBound], text[range.upperBound...])
    }

    private static func percentDecoded(_ text: Substring, what: String) throws(AMQPError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
                throw AMQPError(.invalidArgument, "The \(what) in the URL of the broker is not percent-encoded.")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw AMQPError(.invalidArgument, "The \(what) in the URL of the broker is not UTF-8.")
        }
        return decoded
    }

    /// Checks what would otherwise fail late or silently; no file is read. ``TLS/checkFiles()`` does that.
    public func validate() throws(AMQPError) {
        func check(_ holds: Bool, _ message: String) throws(AMQPError) {
            guard holds else { throw AMQPError(.invalidArgument, message) }
        }
        try check(heartbeat >= .seconds(1) && heartbeat <= .seconds(65_535), "The heartbeat must be 1 s to 65535 s.")
        try check(!servers.isEmpty, "There must be a server.")
        try check(servers.allSatisfy { $0.port > 0 && $0.port <= 65_535 }, "The port must be 1 to 65535.")
        try check(
            maximumFrameSize >= 4096 && maximumFrameSize <= Int(Int32.max),
            "The largest frame must be 4096 to 2147483647 bytes."
        )
        try check(maximumBodySize > 0, "The largest body must be more than 0 bytes.")
        let limits = [
            connectTimeout, handshakeTimeout, rpcTimeout, publishTimeout, firstReconnectDelay, maximumReconnectDelay,
        ]
        try check(
            limits.allSatisfy { $0 > .zero && $0 < .seconds(86_400) },
            "Limits must be more than 0 and under a day."
        )
        let texts = servers.map(\.host) + [virtualHost, user, password]
        try check(!texts.contains { $0.utf8.contains(0) }, "Host, virtual host, user and password hold no zero bytes.")
        try check(virtualHost.utf8.count <= 255, "The virtual host is longer than 255 bytes.")
    }
}
