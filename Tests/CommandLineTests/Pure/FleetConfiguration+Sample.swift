// SPDX-License-Identifier: Apache-2.0

import FleetQueues
import FleetRuntime

extension FleetConfiguration {
    /// A configuration that leads nowhere.
    static func sample() throws -> FleetConfiguration {
        try load(
            text: """
                broker: {url: "amqp://127.0.0.1:1/"}
                database: {url: "postgres://muster@127.0.0.1:1/muster"}
                backends:
                  lab-a: {url: "http://127.0.0.1:1", token: "hunter2"}
                """
        )
    }

    var topologyForTests: FleetTopology { FleetTopology(prefix: broker.prefix, backends: backends.keys) }
}

extension [String: FleetConfiguration.Backend] {
    /// One configured lab under this name.
    init(sample name: String) throws {
        self = [name: try FleetConfiguration.sample().backends["lab-a"]].compactMapValues(\.self)
    }
}
