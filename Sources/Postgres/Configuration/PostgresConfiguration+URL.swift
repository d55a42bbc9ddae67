// SPDX-License-Identifier: Apache-2.0

extension PostgresConfiguration {
    /// From a URL as `psql` takes it: `postgres://user:pass@host:port/db?sslmode=verify-full&sslrootcert=…`. What the URL
    /// does not say is the default; the environment is not asked, except by libpq for a password.
    ///
    /// - Throws: `PostgresError` with code `configuration`. The message never quotes the URL.
    public init(url: String) throws(PostgresError) {
        var parameters = try ConnectionURL.parse(url)
        guard let host = parameters.removeValue(forKey: "host"), !host.isEmpty else {
            throw PostgresError(.configuration, "the connection URL names no host")
        }
        guard let user = parameters.removeValue(forKey: "user"), !user.isEmpty else {
            throw PostgresError(.configuration, "the connection URL names no user")
        }
        let servers = try Self.servers(hosts: host, ports: parameters.removeValue(forKey: "port") ?? "")
        if let wanted = parameters["target_session_attrs"], !Self.sessionKinds.contains(wanted) {
            throw PostgresError(
                .configuration,
                "target_session_attrs is \(Self.sessionKinds.dropLast().joined(separator: ", ")) or prefer-standby"
            )
        }
        self.init(
            host: servers[0].host,
            port: servers[0].port,
            database: parameters.removeValue(forKey: "dbname") ?? user,
            user: user,
            password: parameters.removeValue(forKey: "password")
        )
        self.servers = servers
        let root = parameters.removeValue(forKey: "sslrootcert")
        tls = try Self.tls(mode: parameters.removeValue(forKey: "sslmode"), rootCertificate: root)
        if let name = parameters.removeValue(forKey: "application_name") { applicationName = name }
        if let limit = parameters.removeValue(forKey: "connect_timeout") {
            guard let seconds = Int(limit), (1...3600).contains(seconds) else {
                throw PostgresError(.configuration, "connect_timeout is between 1 and 3600 seconds")
            }
            connectTimeout = .seconds(seconds)
        }
        guard parameters["options"] == nil else {
            throw PostgresError(.configuration, "options in the URL are not offered; set the properties")
        }
        additionalParameters = parameters
    }

    /// What libpq 14 and later know.
    private static let sessionKinds = ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"]

    /// By libpq's rule: one port for all hosts, or one for each; an empty one is 5432.
    private static func servers(hosts: String, ports: String) throws(PostgresError) -> [Server] {
        let hosts = hosts.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let ports = ports.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard !hosts.contains("") else {
            throw PostgresError(.configuration, "the connection URL names an empty host in its list")
        }
        guard ports.count == 1 || ports.count == hosts.count else {
            throw PostgresError(
                .configuration,
                "the connection URL names \(hosts.count) hosts and \(ports.count) ports: one for all, or one for each"
            )
        }
        var servers: [Server] = []
        for (place, host) in hosts.enumerated() {
            let text = ports[ports.count == 1 ? 0 : place]
            guard let port = text.isEmpty ? 5432 : Int(text), (1...65_535).contains(port) else {
                throw PostgresError(.configuration, "the connection URL has no valid port")
            }
            servers.append(Server(host: host, port: port))
        }
        return servers
    }

    private static func tls(mode: String?, rootCertificate: String?) throws(PostgresError) -> TLS {
        switch mode {
        // A root file and no mode can only mean that it is to be used.
        case nil: rootCertificate == nil ? .prefer : .verifyFull(rootCertificate: rootCertificate)
        case "disable": .disable
        case "allow": .allow
        case "prefer": .prefer
        case "require": .require
        case "verify-ca": .verifyCA(rootCertificate: rootCertificate)
        case "verify-full": .verifyFull(rootCertificate: rootCertificate)
        default:
            throw PostgresError(.configuration, "sslmode is disable, allow, prefer, require, verify-ca or verify-full")
        }
    }
}
