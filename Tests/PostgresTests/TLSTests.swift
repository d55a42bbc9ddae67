// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

@Suite("TLS", .timeLimit(.minutes(10)))
struct TLSTests {
    private func configuration() throws -> PostgresConfiguration {
        var configuration = try PostgresConfiguration(url: TestServers.required("MUSTER_TEST_POSTGRES_TLS_URL"))
        configuration.pool.acquireTimeout = .seconds(10)
        return configuration
    }

    private func isEncrypted(_ configuration: PostgresConfiguration) async throws -> Bool {
        try await PostgresClient.withClient(configuration: configuration, logger: TestDatabase.logger) { client in
            try await client.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()").one().decode(Bool.self)
        }
    }

    @Test("a server whose certificate proves its name is spoken to in secret")
    func verified() async throws {
        let configuration = try configuration()
        guard case .verifyFull(.some) = configuration.tls else {
            Issue.record("MUSTER_TEST_POSTGRES_TLS_URL wants sslmode=verify-full and sslrootcert")
            return
        }
        #expect(try await isEncrypted(configuration))
    }

    @Test("a certificate for another name is refused as a TLS error")
    func wrongName() async throws {
        var configuration = try configuration()
        // A name that resolves to loopback everywhere, but that no certificate proves.
        configuration.host = "127.0.0.2"
        configuration.additionalParameters["hostaddr"] = "127.0.0.1"
        let error = try await #require(throws: PostgresError.self) { try await isEncrypted(configuration) }
        #expect(error.code == .tls)
    }

    @Test("a client's certificate is shown, and lets its role in without a password")
    func clientCertificate() async throws {
        var url = try TestServers.required("MUSTER_TEST_POSTGRES_TLS_URL")
        let login = try #require(url.firstRange(of: /\/\/[^@]*@/))
        url.replaceSubrange(login, with: "//muster_certificate@")
        let key = try TestServers.required("MUSTER_TEST_CLIENT_KEY")
        let certificate = try TestServers.required("MUSTER_TEST_CLIENT_CERTIFICATE")
        let configuration = try PostgresConfiguration(url: "\(url)&sslcert=\(certificate)&sslkey=\(key)")
        try configuration.checkFiles()
        #expect(try await isEncrypted(configuration))

        let without = try PostgresConfiguration(url: url)
        try without.checkFiles()
        let error = try await #require(throws: PostgresError.self) { try await isEncrypted(without) }
        #expect(error.code == .authentication)
    }

    @Test("files that libpq would not use are found without a server")
    func files() async throws {
        let certificate = try TestServers.required("MUSTER_TEST_CLIENT_CERTIFICATE")
        let key = try TestServers.required("MUSTER_TEST_CLIENT_KEY")
        try await TestCertificates.with { certificates in
            let (open, text) = (certificates.file("open.pem"), certificates.file("text.pem"))
            try "no certificate".write(toFile: text, atomically: true, encoding: .utf8)
            try FileManager.default.copyItem(atPath: key, toPath: open)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: open)
            for (query, words) in [
                ("sslmode=verify-full&sslrootcert=/nonexistent.pem", "sslrootcert: the file /nonexistent.pem does not"),
                ("sslmode=verify-ca&sslrootcert=\(text)", "sslrootcert: the file \(text) is not in PEM"),
                ("sslmode=require&sslcert=/nonexistent.pem&sslkey=\(key)", "sslcert: the file /nonexistent.pem"),
                ("sslmode=require&sslcert=\(certificate)&sslkey=/nonexistent.pem", "sslkey: the file /nonexistent.pem"),
                ("sslmode=require&sslcert=\(certificate)&sslkey=\(open)", "sslkey: other users can read \(open)"),
            ] {
                let configuration = try PostgresConfiguration(url: "postgres://u:hunter2@localhost/d?\(query)")
                let error = #expect(throws: PostgresError.self) { try configuration.checkFiles() }
                #expect(error?.code == .configuration && error?.message.contains(words) == true, "\(query)")
                #expect(error?.message.contains("hunter2") == false)
            }
            try PostgresConfiguration(url: "postgres://u@h/d?sslmode=disable&sslcert=/nonexistent.pem").checkFiles()
        }
    }

    @Test("a certificate of an unknown authority is refused as a TLS error")
    func unknownAuthority() async throws {
        var configuration = try configuration()
        configuration.tls = .verifyFull(rootCertificate: "/nonexistent/root.crt")
        let error = try await #require(throws: PostgresError.self) { try await isEncrypted(configuration) }
        #expect(error.code == .tls)
    }
}
