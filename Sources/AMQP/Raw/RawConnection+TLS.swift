// SPDX-License-Identifier: Apache-2.0

internal import CRabbitMQ
internal import Glibc

extension RawConnection {
    /// Tells a socket whom to trust and who we are, before it is opened.
    static func prepare(
        _ socket: OpaquePointer,
        _ tls: AMQPConfiguration.TLS,
        _ arena: inout Arena
    ) throws(AMQPError) {
        unsafe amqp_ssl_socket_set_verify_peer(socket, tls.verifyPeer ? 1 : 0)
        unsafe amqp_ssl_socket_set_verify_hostname(socket, tls.verifyHostname ? 1 : 0)
        unsafe amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST)
        unsafe try setAuthorities(socket, tls, &arena)
        unsafe try setCertificate(socket, tls, &arena)
    }

    private static func setAuthorities(
        _ socket: OpaquePointer,
        _ tls: AMQPConfiguration.TLS,
        _ arena: inout Arena
    ) throws(AMQPError) {
        let authorities = unsafe arena.cString(tls.certificateAuthorityFile)
        if tls.verifyPeer, unsafe amqp_ssl_socket_set_cacert(socket, authorities) != AMQP_STATUS_OK.rawValue {
            throw AMQPError(.tls, "The authorities in \(tls.certificateAuthorityFile) cannot be read.")
        }
    }

    private static func setCertificate(
        _ socket: OpaquePointer,
        _ tls: AMQPConfiguration.TLS,
        _ arena: inout Arena
    ) throws(AMQPError) {
        guard let certificateFile = tls.certificateFile else { return }
        let keyFile = tls.keyFile ?? certificateFile
        // OpenSSL would ask the terminal for the passphrase, and wait.
        guard !hasPassphrase(keyFile) else {
            throw AMQPError(.tls, "The key in \(keyFile) has a passphrase: use a key without one.")
        }
        let certificate = unsafe arena.cString(certificateFile)
        let key = unsafe arena.cString(keyFile)
        guard unsafe amqp_ssl_socket_set_key(socket, certificate, key) == AMQP_STATUS_OK.rawValue else {
            let files = keyFile == certificateFile ? certificateFile : "\(certificateFile) and \(keyFile)"
            throw AMQPError(.tls, "\(files) can't be read, or hold no certificate with its key.")
        }
    }

    /// The most of a file that is looked through for a key.
    private static var longestKeyFile: Int { 262_144 }

    /// Whether a file has a PEM key that is encrypted, by the words of RFC 7468 or of OpenSSL's own older format.
    private static func hasPassphrase(_ path: String) -> Bool {
        guard let file = unsafe fopen(path, "re") else { return false }
        defer { _ = unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: longestKeyFile)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        return text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")
    }
}

extension AMQPConfiguration.TLS {
    /// Whether the files can be used, as far as that can be said without a broker: each connection reads them again.
    ///
    /// - Throws: ``AMQPError`` with code `tls`, which names the file.
    public func checkFiles() throws(AMQPError) {
        try checkAuthorities()
        try checkCertificate()
    }

    /// Whether ``certificateAuthorityFile`` holds authorities.
    ///
    /// - Throws: ``AMQPError`` with code `tls`, which names the file.
    public func checkAuthorities() throws(AMQPError) {
        var alone = self
        alone.certificateFile = nil
        try alone.tryFiles()
    }

    /// Whether ``certificateFile`` and ``keyFile`` hold a certificate with its key.
    ///
    /// - Throws: ``AMQPError`` with code `tls`, which names the files.
    public func checkCertificate() throws(AMQPError) {
        var alone = self
        alone.verifyPeer = false
        try alone.tryFiles()
    }

    private func tryFiles() throws(AMQPError) {
        guard let state = unsafe amqp_new_connection() else {
            throw AMQPError(.connectionLost, "There is no memory for a connection.")
        }
        defer { _ = unsafe amqp_destroy_connection(state) }
        guard let socket = unsafe amqp_ssl_socket_new(state) else {
            throw AMQPError(.connectionLost, "There is no memory for a socket.")
        }
        var arena = Arena()
        unsafe try RawConnection.prepare(socket, self, &arena)
    }
}
