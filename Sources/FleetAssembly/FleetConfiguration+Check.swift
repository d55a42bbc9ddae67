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

    /// The same without opening a file: a command that needs the database alone may not be permitted to read the key for
    /// the broker.
    ///
    /// - Throws: all that is wrong, with keys and lines.
    package static func checkAddresses(of configuration: FleetConfiguration) throws(ConfigurationFaults) {
        let faults = configuration.brokerAddressFaults + configuration.databaseAddressFaults
        guard faults.isEmpty else { throw ConfigurationFaults(faults) }
    }

    /// The same for a worker that talks to the labs, and whether they can be used.
    ///
    /// - Throws: all that is wrong, with keys and lines.
    package static func checkClientsAndLabs(of configuration: FleetConfiguration) throws(ConfigurationFaults) {
        let faults = configuration.brokerFaults + configuration.databaseFaults + configuration.labFaults
        guard faults.isEmpty else { throw ConfigurationFaults(faults) }
    }

    private var brokerAddressFaults: [ConfigurationFault] {
        do {
            try amqpConfiguration(name: "check").validate()
            return []
        } catch {
            return [broker.$url.fault("can't be used: \(error)")]
        }
    }

    private var databaseAddressFaults: [ConfigurationFault] {
        do {
            try postgresConfiguration(name: "check").validate()
            return []
        } catch {
            return [database.$url.fault("can't be used: \(error)")]
        }
    }

    private var brokerFaults: [ConfigurationFault] {
        let addressFaults = brokerAddressFaults
        guard addressFaults.isEmpty, let tls = (try? amqpConfiguration(name: "check"))?.tls else {
            return addressFaults
        }
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
        let addressFaults = databaseAddressFaults
        guard addressFaults.isEmpty else { return addressFaults }
        do {
            try postgresConfiguration(name: "check").checkFiles()
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
