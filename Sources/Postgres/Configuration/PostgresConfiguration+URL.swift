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
        guard !host.contains(",") else {
            throw PostgresError(.configuration, "the connection URL names more than one host, which is not offered")
        }
        let port = parameters.removeValue(forKey: "port") ?? "5432"
        guard let port = Int(port), (1...65_535).contains(port) else {
            throw PostgresError(.configuration, "the connection URL has no valid port")
        }
        self.init(
            host: host,
            port: port,
            database: parameters.removeValue(forKey: "dbname") ?? user,
            user: user,
            password: parameters.removeValue(forKey: "password")
        )
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

    private static func tls(mode: String?, rootCertificate: String?) throws(PostgresError) -> TLS {
        switch mode {
        // A root file and no mode can only mean that it is to be used.
        case nil: rootCertificate == nil ? .prefer : .verifyFull(rootCertificate: rootCertificate)
        case "disable": .disable
        case "prefer": .prefer
        case "require": .require
        case "verify-full": .verifyFull(rootCertificate: rootCertificate)
        default: throw PostgresError(.configuration, "sslmode is disable, prefer, require or verify-full")
        }
    }
}
