// SPDX-License-Identifier: Apache-2.0

package import AMQP
package import FleetRuntime
import FleetStore
package import Postgres

extension FleetConfiguration {
    /// How to reach the broker, as `name` in its list of connections.
    package func amqpConfiguration(name: String) throws -> AMQPConfiguration {
        var amqp = try AMQPConfiguration(url: broker.url.reveal)
        amqp.heartbeat = broker.heartbeat
        amqp.publishTimeout = broker.publishTimeout
        amqp.maximumReconnectDelay = broker.reconnectMaximum
        amqp.connectionName = name
        if let file = broker.authorityFile { amqp.tls?.certificateAuthorityFile = file }
        amqp.tls?.certificateFile = broker.certificateFile
        amqp.tls?.keyFile = broker.keyFile
        return amqp
    }

    /// How to reach the database, as `name` in its list of sessions.
    package func postgresConfiguration(name: String) throws -> PostgresConfiguration {
        var postgres = try PostgresConfiguration(url: database.url.reveal)
        postgres.applicationName = name
        postgres.statementTimeout = database.statementTimeout
        postgres.pool.maximumConnections = database.maximumConnections
        postgres.pooling =
            switch database.pooler {
            case .none: .none
            case .session: .session
            case .transaction: .transaction
            }
        if let schema = database.schema { postgres.searchPath = schema }
        if events.isEnabled { postgres.sessionSettings[FleetStore.eventSetting.name] = FleetStore.eventSetting.value }
        return postgres
    }
}
