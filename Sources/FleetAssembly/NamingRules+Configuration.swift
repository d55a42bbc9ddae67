// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetRuntime
public import FleetStore

extension FleetConfiguration {
    /// What documents may name that come from the broker.
    public var namingRules: NamingRules {
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
