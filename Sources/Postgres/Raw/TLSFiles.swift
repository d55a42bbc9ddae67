// SPDX-License-Identifier: Apache-2.0

internal import CLibPQ
internal import Glibc

extension PostgresConfiguration {
    /// Whether the files of TLS can be used, by libpq's rules, as far as that can be said without a server. libpq itself goes
    /// on without a client's certificate that is not there, and leaves it to the server to refuse it.
    ///
    /// - Throws: `PostgresError` with code `configuration`, naming the parameter and the file.
    public func checkFiles() throws(PostgresError) {
        switch tls {
        case .verifyCA(let root), .verifyFull(let root): try checkRoot(root)
        case .disable: return
        case .allow, .prefer, .require: break
        }
        try checkClientCertificate()
    }

    private func checkRoot(_ root: String?) throws(PostgresError) {
        let named = root ?? Self.variable("PGSSLROOTCERT")
        // The system's own authorities, from libpq 16 on.
        if named == "system", PQlibVersion() >= 160_000 { return }
        guard let path = named ?? Self.inHome("root.crt") else { return }
        let advice = named == nil ? "; sslrootcert can name another file" : ""
        try TLSFile(parameter: "sslrootcert", path: path).requirePEM(advice: advice)
    }

    private func checkClientCertificate() throws(PostgresError) {
        let named = additionalParameters["sslcert"] ?? Self.variable("PGSSLCERT")
        guard let certificate = named, !certificate.isEmpty else { return }
        try TLSFile(parameter: "sslcert", path: certificate).requirePEM()
        let namedKey = additionalParameters["sslkey"] ?? Self.variable("PGSSLKEY")
        guard let path = namedKey ?? Self.inHome("postgresql.key") else { return }
        // With a colon it is no file but a key in an engine.
        guard !path.contains(":") else { return }
        let key = TLSFile(parameter: "sslkey", path: path)
        try key.requirePEM(advice: namedKey == nil ? "; sslkey can name another file" : "")
        try key.requireSecrecy()
    }

    private static func variable(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// Where libpq looks for what nobody has named.
    private static func inHome(_ name: String) -> String? { variable("HOME").map { "\($0)/.postgresql/\(name)" } }
}

/// A file that a parameter of libpq names.
private struct TLSFile {
    let parameter: String
    let path: String

    /// It can be read, and holds something in PEM.
    func requirePEM(advice: String = "") throws(PostgresError) {
        guard let file = unsafe fopen(path, "re") else {
            let reason = errno == ENOENT || errno == ENOTDIR ? "does not exist" : "can't be read"
            throw PostgresError(.configuration, "\(parameter): the file \(path) \(reason)\(advice)")
        }
        defer { _ = unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1_048_576)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        guard String(decoding: bytes.prefix(count), as: UTF8.self).contains("-----BEGIN ") else {
            throw PostgresError(.configuration, "\(parameter): the file \(path) is not in PEM\(advice)")
        }
    }

    /// A key is nobody else's: libpq uses none that other users could read.
    func requireSecrecy() throws(PostgresError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return }
        let others: mode_t = status.st_uid == 0 ? S_IWGRP | S_IXGRP | S_IRWXO : S_IRWXG | S_IRWXO
        guard status.st_mode & others == 0 else {
            throw PostgresError(
                .configuration,
                "\(parameter): other users can read \(path); its mode must be 0600, or 0640 if root owns it"
            )
        }
    }
}
