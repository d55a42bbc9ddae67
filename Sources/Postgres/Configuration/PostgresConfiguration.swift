// SPDX-License-Identifier: Apache-2.0

/// Where the server is, how to log in, and all limits.
public struct PostgresConfiguration: Sendable {
    /// How the connection is protected.
    public enum TLS: Sendable, Hashable {
        /// No TLS.
        case disable
        /// TLS only if the server insists on it; protects against nobody who is on the way.
        case allow
        /// TLS if the server offers it; protects against nobody who is on the way.
        case prefer
        /// TLS or nothing, without looking at the certificate.
        case require
        /// TLS, and the certificate must come from this root file; the host's name is not looked at. nil is libpq's own
        /// `~/.postgresql/root.crt`.
        case verifyCA(rootCertificate: String?)
        /// TLS, and the certificate must prove the host's name against this root file; nil is libpq's own
        /// `~/.postgresql/root.crt`.
        case verifyFull(rootCertificate: String?)
    }

    /// What stands between here and the server, and so for how long a server's session is ours.
    public enum Pooling: String, Sendable, CaseIterable {
        /// Nothing: a connection is a session.
        case none
        /// A pooler such as PgBouncer with `pool_mode = session`: a connection is a session, but settings can't be given
        /// when it begins, so they are made right after.
        case session
        /// A pooler such as PgBouncer with `pool_mode = transaction`: only a transaction is one session's. Each begins with
        /// its settings, a statement on its own is a transaction too, and no statement is kept prepared. There are no
        /// notifications.
        case transaction
    }

    /// How many connections, and for how long.
    public struct Pool: Sendable {
        /// The most connections at a time, not counting those that listen for notifications.
        public var maximumConnections: Int
        /// How long a caller waits for a connection, including the time to make one, before `poolTimeout`.
        public var acquireTimeout: Duration
        /// The most callers that may wait.
        public var maximumWaiters: Int
        /// A connection idle for longer is asked for a sign of life before it is used again.
        public var idleCheckAfter: Duration
        /// A connection idle for longer is closed.
        public var idleTimeout: Duration
        /// A connection older than this is closed when it comes back; each a little earlier, at random.
        public var maximumLifetime: Duration
        /// How long `run()` waits at its end for connections in use, before it cancels what they run.
        public var shutdownTimeout: Duration

        /// All limits, with defaults.
        public init(
            maximumConnections: Int = 8,
            acquireTimeout: Duration = .seconds(30),
            maximumWaiters: Int = 10_000,
            idleCheckAfter: Duration = .seconds(30),
            idleTimeout: Duration = .seconds(600),
            maximumLifetime: Duration = .seconds(3600),
            shutdownTimeout: Duration = .seconds(15)
        ) {
            self.maximumConnections = maximumConnections
            self.acquireTimeout = acquireTimeout
            self.maximumWaiters = maximumWaiters
            self.idleCheckAfter = idleCheckAfter
            self.idleTimeout = idleTimeout
            self.maximumLifetime = maximumLifetime
            self.shutdownTimeout = shutdownTimeout
        }
    }

    /// Where a server is.
    public struct Server: Sendable, Hashable {
        /// A name, an address, or the folder of a Unix socket.
        public var host: String
        /// Usually 5432.
        public var port: Int

        /// A server.
        public init(host: String, port: Int = 5432) {
            self.host = host
            self.port = port
        }
    }

    /// Where the server is. Of several, the first one that answers and is what libpq's `target_session_attrs` (in
    /// ``additionalParameters``) asks for is taken, each time in this order. There is always one.
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
    /// The database.
    public var database: String
    /// The role.
    public var user: String
    /// nil leaves it to libpq: `PGPASSWORD`, then the password file.
    public var password: String?
    /// How the connection is protected.
    public var tls: TLS
    /// What `pg_stat_activity` shows.
    public var applicationName: String
    /// For one attempt to connect, from name to log-in; of several servers, for all of them together.
    public var connectTimeout: Duration
    /// The server's `statement_timeout`. If the server does not answer by then and 10 s more, the connection is given up.
    public var statementTimeout: Duration
    /// The server's `lock_timeout`.
    public var lockTimeout: Duration
    /// The server's `search_path`, as it is written in SQL: names, comma-separated.
    public var searchPath: String?
    /// Further settings of each session, such as `work_mem`; a name with a dot is a setting of your own. They cannot replace
    /// those that the client itself needs.
    public var sessionSettings: [String: String] = [:]
    /// What stands between here and the server.
    public var pooling = Pooling.none
    /// How many statements each connection keeps prepared.
    public var preparedStatementCapacity: Int
    /// How often a transaction, or a statement that may be repeated, is tried in all.
    public var maximumAttempts: Int
    /// Between attempts at a transaction.
    public var retryBackoff: PostgresBackoff
    /// Between attempts to connect.
    public var reconnectBackoff: PostgresBackoff
    /// How many notifications may wait to be consumed, for each `withNotifications`.
    public var notificationCapacity: Int
    /// The pool's limits.
    public var pool: Pool
    /// Further libpq parameters, such as `sslcert` and `sslkey`. They cannot replace those that the properties above set.
    public var additionalParameters: [String: String]

    /// Everything by hand.
    public init(
        host: String,
        port: Int = 5432,
        database: String,
        user: String,
        password: String? = nil,
        tls: TLS = .prefer,
        applicationName: String = "swift-postgres",
        connectTimeout: Duration = .seconds(10),
        statementTimeout: Duration = .seconds(60),
        lockTimeout: Duration = .seconds(30),
        searchPath: String? = nil,
        preparedStatementCapacity: Int = 128,
        maximumAttempts: Int = 8,
        retryBackoff: PostgresBackoff = PostgresBackoff(first: .milliseconds(10), maximum: .seconds(1)),
        reconnectBackoff: PostgresBackoff = PostgresBackoff(first: .milliseconds(50), maximum: .seconds(5)),
        notificationCapacity: Int = 1024,
        pool: Pool = Pool(),
        additionalParameters: [String: String] = [:]
    ) {
        self.servers = [Server(host: host, port: port)]
        self.database = database
        self.user = user
        self.password = password
        self.tls = tls
        self.applicationName = applicationName
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.searchPath = searchPath
        self.preparedStatementCapacity = preparedStatementCapacity
        self.maximumAttempts = maximumAttempts
        self.retryBackoff = retryBackoff
        self.reconnectBackoff = reconnectBackoff
        self.notificationCapacity = notificationCapacity
        self.pool = pool
        self.additionalParameters = additionalParameters
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Server, database and role. Never the password.
    public var description: String {
        "postgres://\(user)@\(servers.map { "\($0.host):\($0.port)" }.joined(separator: ","))/\(database)"
    }

    /// The same.
    public var debugDescription: String { description }

    /// Without the password, so that a `dump` shows none.
    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}

/// Pauses between attempts: doubling from `first` to `maximum`, each drawn at random between half of that and all of it.
public struct PostgresBackoff: Sendable, Hashable {
    /// The longest first pause.
    public var first: Duration
    /// The longest pause of all.
    public var maximum: Duration

    /// Pauses from `first` to `maximum`.
    public init(first: Duration, maximum: Duration) {
        self.first = first
        self.maximum = maximum
    }

    /// The pause after so many failures, the first being 1.
    func pause(afterFailure count: Int) -> Duration {
        var longest = first
        for _ in 1..<max(count, 1) {
            if longest >= maximum { break }
            longest *= 2
        }
        return min(longest, maximum) * Double.random(in: 0.5...1)
    }
}

extension PostgresConfiguration {
    /// Whether every server is on this machine: a Unix socket, `localhost` or a loopback address.
    public var isLocal: Bool {
        let addresses = additionalParameters["hostaddr"]?.split(separator: ",").map(String.init) ?? servers.map(\.host)
        return addresses.allSatisfy { Self.isLocal($0.lowercased()) }
    }

    private static func isLocal(_ address: String) -> Bool {
        if address.hasPrefix("/") || address.hasPrefix("@") || ["localhost", "::1"].contains(address) { return true }
        let isIPv4 = address.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
        return isIPv4 && address.hasPrefix("127.")
    }

    /// What is weak about the connection, as a predicate; `nil` when it is local, or encrypted and verified.
    public var weakness: String? {
        guard !isLocal else { return nil }
        return switch tls {
        case .disable:
            "is neither encrypted nor verified (sslmode=disable): whoever is on the way reads and changes all of it"
        case .allow:
            "need not be encrypted and is not verified (sslmode=allow): whoever is on the way can read and change all of it"
        case .prefer:
            "need not be encrypted and is not verified (sslmode=prefer, which is the default): whoever is on the way can "
                + "read and change all of it"
        case .require:
            "is encrypted but not verified (sslmode=require): whoever is on the way can pretend to be the database"
        case .verifyCA:
            "does not prove the server's name (sslmode=verify-ca): whoever has another certificate of the same authority can "
                + "pretend to be the database"
        case .verifyFull: nil
        }
    }

    /// What to do about a ``weakness``.
    public static let advice = "sslmode=verify-full in the URL, with sslrootcert=FILE, does both"
}
