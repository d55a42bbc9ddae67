// SPDX-License-Identifier: Apache-2.0

import Foundation
import Postgres
import Testing

@Suite("Configuration", .timeLimit(.minutes(10)))
struct ConfigurationTests {
    @Test("a URL says where, who and how")
    func url() throws {
        let configuration = try PostgresConfiguration(
            url: "postgresql://us%20er:pa%40ss@db.example:6543/store?sslmode=verify-full&sslrootcert=/ca.crt"
                + "&application_name=me&connect_timeout=3&sslcert=/client.crt"
        )
        #expect(configuration.host == "db.example" && configuration.port == 6543 && configuration.database == "store")
        #expect(configuration.user == "us er" && configuration.password == "pa@ss")
        #expect(configuration.tls == .verifyFull(rootCertificate: "/ca.crt"))
        #expect(configuration.applicationName == "me" && configuration.connectTimeout == .seconds(3))
        #expect(configuration.additionalParameters == ["sslcert": "/client.crt"])
    }

    @Test("a URL can name several servers, as libpq takes them")
    func servers() throws {
        let configuration = try PostgresConfiguration(
            url: "postgres://u:secret@a:6001,b,[::1]:6003/d?target_session_attrs=read-write"
        )
        #expect(
            configuration.servers == [
                .init(host: "a", port: 6001), .init(host: "b"), .init(host: "::1", port: 6003),
            ]
        )
        #expect("\(configuration)" == "postgres://u@a:6001,b:5432,::1:6003/d")
        #expect(configuration.additionalParameters == ["target_session_attrs": "read-write"])
        #expect(!configuration.isLocal)
        #expect(try PostgresConfiguration(url: "postgres://u@127.0.0.1:1,localhost:2/d").isLocal)
        let one = try PostgresConfiguration(url: "postgres://u@/d?host=a,b&port=7000")
        #expect(one.servers == [.init(host: "a", port: 7000), .init(host: "b", port: 7000)])
    }

    @Test(
        "the first server that answers and takes writes is taken, and one that says nothing costs only its share of time"
    )
    func failover() async throws {
        let silent = try SilentServer()
        var configuration = try TestDatabase.configuration()
        let real = configuration.servers[0]
        configuration.servers = [
            .init(host: "127.0.0.1", port: 1), .init(host: "127.0.0.1", port: silent.port), real,
        ]
        configuration.additionalParameters["target_session_attrs"] = "read-write"
        configuration.connectTimeout = .seconds(6)
        let several = configuration
        let answer = try await PostgresClient.withClient(configuration: several, logger: TestDatabase.logger) {
            try await $0.query("select 1").one().decode(Int.self)
        }
        #expect(answer == 1)
        configuration.additionalParameters["target_session_attrs"] = "standby"
        configuration.servers = [real]
        let standby = configuration
        await #expect(throws: PostgresError.self) {
            try await PostgresClient.withClient(configuration: standby, logger: TestDatabase.logger) {
                try await $0.query("select 1")
            }
        }
    }

    @Test(
        "a URL that cannot be used is refused without quoting it",
        arguments: [
            "", "mysql://u:secret@h/d", "postgres://u:secret@h:99999/d", "postgres://u:secret@/d",
            "postgres://u:secret@h/d?nonsense=1", "postgres://u:secret%zz@h/d", "postgres://h/d",
            "postgres://u:secret@h/d?sslmode=maybe", "postgres://u:secret@a,,b/d", "postgres://u:secret@a:1,b:x/d",
            "postgres://u:secret@a,b/d?target_session_attrs=best",
        ]
    )
    func badURL(_ url: String) throws {
        let error = try #require(throws: PostgresError.self) { try PostgresConfiguration(url: url) }
        #expect(error.code == .configuration)
        #expect(!error.debugDescription.contains("secret"))
    }

    @Test(
        "a connection that is not encrypted and verified is weak, unless it stays on this machine",
        arguments: [
            ("u:p@db.example/d", "need not be encrypted"), ("u:p@db.example/d?sslmode=prefer", "need not be encrypted"),
            ("u:p@db.example/d?sslmode=disable", "neither encrypted nor verified"),
            ("u:p@10.0.0.1/d?sslmode=require", "encrypted but not verified"),
            ("u:p@127.evil.example/d", "need not be encrypted"), ("u:p@localhost/d?hostaddr=10.0.0.1", "need not be"),
            ("u:p@db.example/d?sslmode=allow", "need not be encrypted"),
            ("u:p@db.example/d?sslmode=verify-ca", "does not prove the server's name"),
            ("u:p@127.0.0.1,db.example/d", "need not be encrypted"), ("u:p@127.0.0.1,localhost/d", nil),
            ("u:p@db.example/d?sslmode=verify-full", nil), ("u:p@db.example/d?sslrootcert=/ca.crt", nil),
            ("u:p@localhost/d", nil), ("u:p@127.0.0.1/d?sslmode=disable", nil), ("u:p@[::1]/d", nil),
            ("u:p@%2Frun%2Fpostgresql/d", nil),
        ]
    )
    func weakness(url: String, words: String?) throws {
        let weakness = try PostgresConfiguration(url: "postgres://\(url)").weakness
        #expect(words.map { weakness?.contains($0) == true } ?? (weakness == nil), "\(weakness ?? "none")")
    }

    @Test("the password shows in no description, dump or error")
    func secrecy() async throws {
        var configuration = try TestDatabase.configuration()
        configuration.password = "hunter2secret"
        configuration.user = "nobody_\(UUID().uuidString)"
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("hunter2"))
        let failing = configuration
        let error = try await #require(throws: PostgresError.self) {
            try await PostgresClient.withClient(configuration: failing, logger: TestDatabase.logger) {
                try await $0.query("select 1")
            }
        }
        #expect(error.code == .authentication)
        #expect(!error.debugDescription.contains("hunter2"))
    }

    @Test("limits that cannot hold are refused at the start")
    func limits() async throws {
        var configuration = try TestDatabase.configuration()
        configuration.statementTimeout = .zero
        let client = PostgresClient(configuration: configuration, logger: TestDatabase.logger)
        let error = try await #require(throws: PostgresError.self) { try await client.run() }
        #expect(error.code == .configuration && error.message.contains("statementTimeout"))
    }

    @Test(
        "settings are in force in every statement and transaction, and no transaction stays open, whatever pools",
        arguments: PostgresConfiguration.Pooling.allCases
    )
    func pooling(_ pooling: PostgresConfiguration.Pooling) async throws {
        try await TestDatabase.withClient(
            maximumConnections: 1,
            { configuration in
                configuration.pooling = pooling
                configuration.searchPath = #""odd \ 'schema'", public"#
                configuration.statementTimeout = .seconds(7)
                configuration.sessionSettings = ["muster.test": "it's"]
            }
        ) { client in
            let question: PostgresStatement = """
                select current_setting('search_path'), current_setting('statement_timeout'),
                    current_setting('muster.test', true), current_setting('timezone')
                """
            for _ in 0..<2 {
                let alone = try await client.query(question).one()
                let inside = try await client.withTransaction { try $0.query(question).one() }
                for row in [alone, inside] {
                    let (path, timeout, own, zone) = try row.decode(
                        String.self,
                        String.self,
                        String.self,
                        String.self
                    )
                    #expect([path, timeout, own, zone] == [#""odd \ 'schema'", public"#, "7s", "it's", "UTC"])
                }
                let error = await #expect(throws: PostgresError.self) { try await client.query("select 1 / 0") }
                #expect(error?.code == .server)
            }
            let prepared = try await client.query("select count(*) from pg_prepared_statements").one().decode(Int.self)
            #expect((prepared == 0) == (pooling == .transaction))
        }
    }

    @Test("the session is set as configured, and stays so after RESET ALL")
    func session() async throws {
        try await TestDatabase.withClient(
            maximumConnections: 1,
            { $0.searchPath = "\"odd \\ schema\", public" }
        ) { client in
            for _ in 0..<2 {
                let row = try await client.query(
                    """
                    select current_setting('search_path'), current_setting('timezone'), current_setting('lock_timeout'),
                        current_setting('application_name')
                    """
                ).one()
                let (path, zone, lock, name) = try row.decode(String.self, String.self, String.self, String.self)
                #expect(
                    path == "\"odd \\ schema\", public" && zone == "UTC" && lock == "30s" && name == "postgres-tests"
                )
                try await client.execute("reset all")
            }
        }
    }
}
