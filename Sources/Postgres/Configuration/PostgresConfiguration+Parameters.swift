// SPDX-License-Identifier: Apache-2.0

extension PostgresConfiguration {
    /// Checks all limits; no file is read. ``checkFiles()`` does that.
    ///
    /// - Throws: `PostgresError` with code `configuration`, naming the property that cannot be used.
    public func validate() throws(PostgresError) {
        let positive: [(String, Duration)] = [
            ("connectTimeout", connectTimeout), ("statementTimeout", statementTimeout), ("lockTimeout", lockTimeout),
            ("pool.acquireTimeout", pool.acquireTimeout), ("pool.idleTimeout", pool.idleTimeout),
            ("pool.maximumLifetime", pool.maximumLifetime), ("retryBackoff.first", retryBackoff.first),
            ("reconnectBackoff.first", reconnectBackoff.first),
        ]
        for (name, value) in positive where value <= .zero || value > .seconds(86_400 * 24) {
            throw PostgresError(.configuration, "\(name) is above zero and at most 24 days")
        }
        guard !servers.isEmpty else { throw PostgresError(.configuration, "servers names one at least") }
        let counts = [
            ("pool.maximumConnections", pool.maximumConnections), ("pool.maximumWaiters", pool.maximumWaiters),
            ("preparedStatementCapacity", preparedStatementCapacity), ("maximumAttempts", maximumAttempts),
            ("notificationCapacity", notificationCapacity),
        ]
        for (name, value) in counts where value < 1 {
            throw PostgresError(.configuration, "\(name) is at least 1")
        }
    }

    /// What libpq is given, to try these servers in their order. Names that are set here come after the additional ones, and the last one counts.
    func libpqParameters(_ servers: [Server]) -> [(name: String, value: String)] {
        var parameters = additionalParameters.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        parameters += [
            (name: "host", value: servers.map(\.host).joined(separator: ",")),
            (name: "port", value: servers.map { String($0.port) }.joined(separator: ",")),
            (name: "dbname", value: database),
            (name: "user", value: user), (name: "application_name", value: applicationName),
            (name: "client_encoding", value: "UTF8"), (name: "gssencmode", value: "disable"),
            // A peer that vanished without a word is found out within two minutes.
            (name: "keepalives", value: "1"), (name: "keepalives_idle", value: "30"),
            (name: "keepalives_interval", value: "10"), (name: "keepalives_count", value: "3"),
            (name: "tcp_user_timeout", value: "60000"),
        ]
        // Poolers know no options of a session that they may give to somebody else next.
        if pooling == .none { parameters.append((name: "options", value: serverOptions())) }
        if let password { parameters.append((name: "password", value: password)) }
        switch tls {
        case .disable: parameters.append((name: "sslmode", value: "disable"))
        case .allow: parameters.append((name: "sslmode", value: "allow"))
        case .prefer: parameters.append((name: "sslmode", value: "prefer"))
        case .require: parameters.append((name: "sslmode", value: "require"))
        case .verifyCA(let rootCertificate), .verifyFull(let rootCertificate):
            let isFull = if case .verifyFull = tls { true } else { false }
            parameters.append((name: "sslmode", value: isFull ? "verify-full" : "verify-ca"))
            if let rootCertificate { parameters.append((name: "sslrootcert", value: rootCertificate)) }
        }
        return parameters
    }

    /// Settings of the session that even `RESET ALL` returns to.
    private func serverOptions() -> String {
        settings.map { "-c \($0.name)=\(Self.escapedOption($0.value))" }.joined(separator: " ")
    }

    /// The same settings as a statement, for those to whom they can't be given when they connect.
    ///
    /// - Parameter isLocal: whether they are for the open transaction alone.
    func settingsStatement(isLocal: Bool) -> String {
        let calls = settings.map { setting in
            "set_config(\(Self.literal(setting.name)), \(Self.literal(setting.value)), \(isLocal))"
        }
        return "select " + calls.joined(separator: ", ")
    }

    /// What the session is set to. The formats are those that the values here are read in.
    private var settings: [(name: String, value: String)] {
        // Of two, the later counts.
        var settings = sessionSettings.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        settings += [
            ("datestyle", "ISO"), ("intervalstyle", "postgres"), ("timezone", "UTC"), ("bytea_output", "hex"),
            ("extra_float_digits", "1"),
            ("standard_conforming_strings", "on"),
            ("statement_timeout", String(statementTimeout.wholeMilliseconds)),
            ("lock_timeout", String(lockTimeout.wholeMilliseconds)),
            // Should this process vanish inside a transaction, its locks go before long.
            ("idle_in_transaction_session_timeout", String(statementTimeout.wholeMilliseconds)),
        ]
        if let searchPath { settings.append(("search_path", searchPath)) }
        return settings
    }

    /// A text as SQL, whatever the server's `standard_conforming_strings` is.
    private static func literal(_ text: String) -> String {
        "E'" + String(text.flatMap { $0 == "'" || $0 == "\\" ? [$0, $0] : [$0] }) + "'"
    }

    /// Spaces separate options; a backslash keeps one (PostgreSQL manual, libpq, `options`).
    private static func escapedOption(_ value: String) -> String {
        String(value.flatMap { $0 == " " || $0 == "\\" ? ["\\", $0] : [$0] })
    }
}
