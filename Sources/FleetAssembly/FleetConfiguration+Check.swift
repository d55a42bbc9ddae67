// SPDX-License-Identifier: Apache-2.0

import AMQP
package import FleetRuntime
import LAVALabs
import Postgres

extension FleetConfiguration {
    /// Whether broker and database can be used as configured, by the word of those who use them: URLs, limits and the files
    /// of TLS. Nothing is dialled.
    ///
    /// `--check`, a start and `muster doctor` all ask here, so that none of them takes what another refuses.
    ///
    /// - Throws: all that is wrong, with keys and lines.
    package static func checkClients(of configuration: FleetConfiguration) throws(ConfigurationFaults) {
        let faults = configuration.brokerFaults + configuration.databaseFaults
        guard faults.isEmpty else { throw ConfigurationFaults(faults) }
    }

    /// The same for a worker that talks to the labs, and whether they can be used.
    ///
    /// - Throws: all that is wrong, with keys and lines.
    package static func checkClientsAndLabs(of configuration: FleetConfiguration) throws(ConfigurationFaults) {
        let faults = configuration.brokerFaults + configuration.databaseFaults + configuration.labFaults
        guard faults.isEmpty else { throw ConfigurationFaults(faults) }
    }

    private var brokerFaults: [ConfigurationFault] {
        let amqp: AMQPConfiguration
        do {
            amqp = try amqpConfiguration(name: "check")
            try amqp.validate()
        } catch {
            return [broker.$url.fault("can't be used: \(error)")]
        }
        guard let tls = amqp.tls else { return [] }
        var faults: [ConfigurationFault] = []
        do throws(AMQPError) {
            try tls.checkAuthorities()
        } catch {
            faults.append(broker.$authorityFile.fault("can't be used: \(error)"))
        }
        do throws(AMQPError) {
            try tls.checkCertificate()
        } catch {
            faults.append(broker.$certificateFile.fault("can't be used: \(error)"))
        }
        return faults
    }

    private var databaseFaults: [ConfigurationFault] {
        do {
            let postgres = try postgresConfiguration(name: "check")
            try postgres.validate()
            try postgres.checkFiles()
            return []
        } catch {
            return [database.$url.fault("can't be used: \(error)")]
        }
    }

    private var labFaults: [ConfigurationFault] {
        var faults: [ConfigurationFault] = []
        for backend in backends.values.sorted(by: { $0.name < $1.name }) where backend.type == .lava {
            do throws(ConfigurationFaults) {
                try LAVAServer.check(backend)
            } catch {
                faults += error.faults
            }
        }
        return faults
    }
}
