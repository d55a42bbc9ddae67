// SPDX-License-Identifier: Apache-2.0

extension FleetConfiguration {
    /// The keys whose values a worker keeps until it is restarted: where it listens. `docs/configuration.md` lists them, and a
    /// test compares.
    package static let fixedKeys = ["gateway.listen", "metrics.listen", "metrics.instance"]

    /// This configuration for a worker that runs with `old`, and the keys that would have been others.
    func succeeding(_ old: FleetConfiguration) -> (configuration: FleetConfiguration, kept: [String]) {
        let changed = Set(changedKeys(since: old))
        let kept = Self.fixedKeys.filter(changed.contains)
        var configuration = self
        configuration.gateway.listen = old.gateway.listen
        configuration.metrics.listen = old.metrics.listen
        configuration.metrics.instance = old.metrics.instance
        for key in Self.fixedKeys { configuration.values[key] = old.values[key] }
        return (configuration, kept)
    }

    /// The keys that another value was given for than in `old`, or a value for the first time, or none any more; and the labs,
    /// projects and secrets that are in one of them alone. In order.
    package func changedKeys(since old: FleetConfiguration) -> [String] {
        Set(values.keys).union(old.values.keys).filter { values[$0] != old.values[$0] }.sorted()
    }
}
