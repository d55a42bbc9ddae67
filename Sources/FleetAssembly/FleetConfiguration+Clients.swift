// SPDX-License-Identifier: Apache-2.0

package import AMQP
package import FleetRuntime
import Foundation
package import LAVA
package import Postgres

extension FleetConfiguration {
    /// How to reach the broker, as `name` in its list of connections.
    package func amqpConfiguration(name: String) throws -> AMQPConfiguration {
        var amqp = try AMQPConfiguration(url: broker.url.reveal)
        amqp.heartbeat = broker.heartbeat
        amqp.publishTimeout = broker.publishTimeout
        amqp.maximumReconnectDelay = broker.reconnectMaximum
        amqp.connectionName = name
        if let file = broker.authorityFile, amqp.tls != nil { amqp.tls?.certificateAuthorityFile = file }
        return amqp
    }

    /// How to reach the database, as `name` in its list of sessions.
    package func postgresConfiguration(name: String) throws -> PostgresConfiguration {
        var postgres = try PostgresConfiguration(url: database.url.reveal)
        postgres.applicationName = name
        postgres.statementTimeout = database.statementTimeout
        postgres.pool.maximumConnections = database.maximumConnections
        if let schema = database.schema { postgres.searchPath = schema }
        return postgres
    }

    /// How many requests one worker may have open to a lab besides `backends.*.concurrency`, none of them for results.
    static let keptConnections = 2

    /// The labs, by name.
    package func labs() throws -> [LAVALab] {
        try backends.values.sorted { $0.name < $1.name }.map { backend in
            LAVALab(
                name: backend.name,
                url: try Self.url(backend.url, key: "backends.\(backend.name).url"),
                eventsURL: try backend.eventsURL.map { try Self.url($0, key: "backends.\(backend.name).events_url") },
                authorityFile: backend.authorityFile,
                user: backend.user,
                token: backend.token.map { LAVAToken($0.reveal) },
                requestTimeout: backend.requestTimeout,
                maximumConnections: backend.concurrency + Self.keptConnections,
                keptConnections: Self.keptConnections,
                poolTimeout: backend.poolTimeout
            )
        }
    }

    private static func url(_ text: String, key: String) throws -> URL {
        guard let url = URL(string: text) else {
            throw ConfigurationFaults([ConfigurationFault(key: key, reason: "is not a URL")])
        }
        return url
    }
}
