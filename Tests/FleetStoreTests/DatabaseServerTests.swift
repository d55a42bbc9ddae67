// SPDX-License-Identifier: Apache-2.0

import FleetStore
import Foundation
import Postgres
import Testing

@Suite("What the database says of itself", .timeLimit(.minutes(10)))
struct DatabaseServerTests {
    @Test("its version, its connections and its clock, without any table")
    func facts() async throws {
        try await TestStore.with(isMigrated: false) { test in
            let server = try await test.store.databaseServer()
            #expect(server.versionNumber >= DatabaseServer.oldestVersion)
            #expect(server.version.hasPrefix("\(server.versionNumber / 10_000)"))
            #expect(server.connections >= 1 && server.maximumConnections > server.connections)
            #expect(server.clockTolerance >= .zero)
        }
    }

    @Test("the least of the limits of server, database and role counts")
    func limits() async throws {
        try await TestStore.with(isMigrated: false) { test in
            let role = TestServers.uniqueName("role")
            try await test.client.execute(
                "create role \(identifier: role) login password 'limited' connection limit 7"
            )
            try await withCleanUp {
                var configuration = try TestServers.databaseConfiguration()
                (configuration.user, configuration.password) = (role, "limited")
                try await PostgresClient.withClient(configuration: configuration, logger: quietLogger) { client in
                    let server = try await FleetStore(client: client).databaseServer()
                    #expect(server.maximumConnections == 7)
                }
            } cleanUp: {
                try await test.client.execute("drop role \(identifier: role)")
            }
        }
    }
}
