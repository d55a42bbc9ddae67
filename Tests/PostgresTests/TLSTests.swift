// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

@Suite("TLS", .timeLimit(.minutes(1)))
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

    @Test("a certificate of an unknown authority is refused as a TLS error")
    func unknownAuthority() async throws {
        var configuration = try configuration()
        configuration.tls = .verifyFull(rootCertificate: "/nonexistent/root.crt")
        let error = try await #require(throws: PostgresError.self) { try await isEncrypted(configuration) }
        #expect(error.code == .tls)
    }
}
