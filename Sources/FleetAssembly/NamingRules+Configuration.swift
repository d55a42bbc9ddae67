// SPDX-License-Identifier: Apache-2.0

import Fleet
package import FleetRuntime
package import FleetStore

extension FleetConfiguration {
    /// What documents may name that come from the broker.
    package var namingRules: NamingRules {
        NamingRules(
            publishers: Permissions([
                .init([.watch], in: ingest.watchProjects),
                .init([.read], in: ingest.baselineProjects),
            ]),
            cancelableBackends: Set(backends.values.filter(\.cancelsWatched).map(\.name)),
            secretProjects: callback.secretProjects
        )
    }
}
