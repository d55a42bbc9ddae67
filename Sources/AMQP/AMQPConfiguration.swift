// SPDX-License-Identifier: Apache-2.0

/// How to reach a broker, and how long to wait for it.
public struct AMQPConfiguration: Sendable {
    /// Encryption.
    public struct TLS: Sendable, Hashable {
        /// PEM file of the authorities to trust.
        public var certificateAuthorityFile: String
        /// PEM file of our own certificate and the chain up to its authority, where the broker asks for one.
        public var certificateFile: String?
        /// PEM file of its key, without a passphrase; nil: the key stands in `certificateFile`.
        public var keyFile: String?
        /// Whether the broker's certificate must be signed by a trusted authority.
        public var verifyPeer: Bool
        /// Whether it must name the host. rabbitmq-c before 0.14 compares names only: reach the broker by a name of
        /// its certificate, not by an address.
        public var verifyHostname: Bool

        /// Full verification against the system's authorities, unless told otherwise.
        public init(
            certificateAuthorityFile: String = "/etc/ssl/certs/ca-certificates.crt",
            certificateFile: String? = nil,
            keyFile: String? = nil,
            verifyPeer: Bool = true,
            verifyHostname: Bool = true
        ) {
            self.certificateAuthorityFile = certificateAuthorityFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.verifyPeer = verifyPeer
            self.verifyHostname = verifyHostname
        }
    }

    /// Where a node of the broker is.
    public struct Server: Sendable, Hashable {
        /// A name or an address.
        public var host: String
        /// Usually 5672, over TLS 5671.
        public var port: Int

        /// A server.
        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// The nodes of the broker; there is always one. Each connection begins with one at random, so that the clients spread
    /// over a cluster, and goes on to the next one in this order where a node can't be used.
    public var servers: [Server]
    /// The first server's.
    public var host: String {
        get { servers[0].host }
        set { servers[0].host = newValue }
    }
    /// The first server's.
    public var port: Int {
        get { servers[0].port }
        set { servers[0].port = newValue }
    }
    /// The virtual host.
    public var virtualHost: String
    /// The user.
    public var user: String
    /// The password; it appears in no description, log or error.
    public var password: String
    /// Encryption; nil for none.
    public var tls: TLS?
    /// How often a sign of life is due from either side: 1 s to 65,535 s. The broker may ask for less.
    public var heartbeat: Duration
    /// Limit for TCP and TLS to be set up; of several servers, for all of them together.
    public var connectTimeout: Duration
    /// Limit for logging in; of several servers, for all of them together.
    public var handshakeTimeout: Duration
    /// Limit for the broker's answer to one call.
    public var rpcTimeout: Duration
    /// How long a publish may take until it is confirmed, waits for a connection, for others before it and for a
    /// blocked broker included.
    public var publishTimeout: Duration
    /// What the broker's tools show for the connection.
    public var connectionName: String?
    /// The largest frame in bytes: 4,096 to 2,147,483,647. The broker may ask for less.
    public var maximumFrameSize: Int
    /// The largest body in bytes, sent or received. RabbitMQ's own limit is 128 MiB by default.
    public var maximumBodySize: Int
    /// First pause before connecting again; each further one is twice as long.
    public var firstReconnectDelay: Duration
    /// Longest pause before connecting again. Every pause is shortened by a random part of up to a half.
    public var maximumReconnectDelay: Duration
    /// Whether a publisher or consumer goes on trying although its first connection was refused for a reason that a
    /// person has to mend. Otherwise its `run()` throws.
    public var survivesRefusal = false

    /// A configuration; what is left out is a default fit for a broker of one's own.
    public init(
        host: String = "127.0.0.1",
        port: Int? = nil,
        virtualHost: String = "/",
        user: String = "guest",
        password: String = "guest",
        tls: TLS? = nil,
        heartbeat: Duration = .seconds(30),
        connectTimeout: Duration = .seconds(10),
        handshakeTimeout: Duration = .seconds(10),
        rpcTimeout: Duration = .seconds(10),
        publishTimeout: Duration = .seconds(30),
        connectionName: String? = nil,
        maximumFrameSize: Int = 131_072,
        maximumBodySize: Int = 134_217_728,
        firstReconnectDelay: Duration = .milliseconds(200),
        maximumReconnectDelay: Duration = .seconds(30)
    ) {
        self.servers = [Server(host: host, port: port ?? Self.usualPort(isEncrypted: tls != nil))]
        self.virtualHost = virtualHost
        self.user = user
        self.password = password
        self.tls = tls
        self.heartbeat = heartbeat
        self.connectTimeout = connectTimeout
        self.handshakeTimeout = handshakeTimeout
        self.rpcTimeout = rpcTimeout
        self.publishTimeout = publishTimeout
        self.connectionName = connectionName
        self.maximumFrameSize = maximumFrameSize
        self.maximumBodySize = maximumBodySize
        self.firstReconnectDelay = firstReconnectDelay
        self.maximumReconnectDelay = maximumReconnectDelay
    }

    static func usualPort(isEncrypted: Bool) -> Int { isEncrypted ? 5671 : 5672 }

    /// The pause before attempt number `attempt` (0 is the first one after a loss): doubling, capped, jittered.
    func reconnectDelay(attempt: Int) -> Duration {
        let doubled = firstReconnectDelay * (1 << min(max(attempt, 0), 16))
        return min(doubled, maximumReconnectDelay) * Double.random(in: 0.5...1)
    }
}

extension AMQPConfiguration: CustomStringConvertible, CustomReflectable {
    /// User, hosts, ports and virtual host; never the password.
    public var description: String {
        let places = servers.map(\.description).joined(separator: ",")
        return "\(tls == nil ? "amqp" : "amqps")://\(user)@\(places) virtual host \(virtualHost)"
    }

    /// The description alone: `dump` and debuggers reflect a value, and this one holds a password.
    public var customMirror: Mirror { Mirror(self, children: ["broker": description]) }
}

extension AMQPConfiguration.Server: CustomStringConvertible {
    /// Host and port; an IPv6 address stands in brackets.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
