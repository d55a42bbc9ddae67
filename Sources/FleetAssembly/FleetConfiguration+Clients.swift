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
        if let file = broker.authorityFile, amqp.tls != nil { amqp.tls?.certificateAuthorityFile = file }
        return amqp
    }

    /// Whether the URLs of broker and database can be used, by those who use them.
    ///
    /// - Throws: all that is wrong, with keys and lines.
    package static func checkClients(of configuration: FleetConfiguration) throws(ConfigurationFaults) {
        var faults: [ConfigurationFault] = []
        do {
            _ = try configuration.amqpConfiguration(name: "check")
        } catch {
            faults.append(configuration.broker.$url.fault("can't be used: \(error)"))
        }
        do {
            _ = try configuration.postgresConfiguration(name: "check")
        } catch {
            faults.append(configuration.database.$url.fault("can't be used: \(error)"))
        }
        guard faults.isEmpty else { throw ConfigurationFaults(faults) }
    }

    /// How to reach the database, as `name` in its list of sessions.
    package func postgresConfiguration(name: String) throws -> PostgresConfiguration {
        var postgres = try PostgresConfiguration(url: database.url.reveal)
        postgres.applicationName = name
        postgres.statementTimeout = database.statementTimeout
        postgres.pool.maximumConnections = database.maximumConnections
        if let schema = database.schema { postgres.searchPath = schema }
        if events.isEnabled { postgres.sessionSettings[FleetStore.eventSetting.name] = FleetStore.eventSetting.value }
        return postgres
    }
}
