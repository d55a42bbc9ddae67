// SPDX-License-Identifier: Apache-2.0

import Fleet
public import FleetRuntime
public import FleetStore

extension FleetConfiguration {
    /// What documents may name that come from the broker.
    public var namingRules: NamingRules {
        NamingRules(
            publishers: Permissions([
                .init([.watch], in: ingest.watchProjects.compactMap { ProjectScope($0) }),
                .init([.read], in: ingest.baselineProjects.compactMap { ProjectScope($0) }),
            ]),
            cancelableBackends: Set(backends.values.filter(\.cancelsWatched).map(\.name)),
            secretProjects: callback.secretProjects.mapValues { $0.compactMap { ProjectScope($0) } }
        )
    }
}
