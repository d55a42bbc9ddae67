// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetQueues
import FleetRuntime
package import FleetStore
package import Logging

/// What people and programs do to a fleet: each operation once, for every door at which it is asked for.
///
/// A door (the API, a page's form, SQUAD's addresses, `muster` on the fleet's own machines) reads the request, finds out
/// who asks and whether they may, and answers. Here the request is written down, done, and what follows from it
/// announced.
package struct FleetOperations: Sendable {
    package let store: FleetStore
    /// The labs of the configuration.
    let backends: Set<String>
    private let announce: @Sendable ([FinishedJobset]) async -> Void

    /// - Parameter announce: Tells the notifier of jobsets that have finished. Without it the notifier finds out by itself
    ///   a little later, so it does not throw.
    package init(
        store: FleetStore,
        backends: some Sequence<String>,
        announce: @escaping @Sendable ([FinishedJobset]) async -> Void
    ) {
        self.store = store
        self.backends = Set(backends)
        self.announce = announce
    }

    /// What a step did, once the notifier has been told of what it has finished.
    func announced<Value>(_ step: Unannounced<Value>) async -> Value { await step.announced(by: announce) }
}

extension FleetOperations {
    /// Operations of a process that has a publisher.
    package init(
        store: FleetStore,
        backends: some Sequence<String>,
        publisher: FleetPublisher,
        logger: Logger
    ) {
        self.init(store: store, backends: backends) { finished in
            do {
                try await publisher.announce(finished: finished)
            } catch {
                logger.warning("an end was not announced; the notifier looks by itself", [.error: "\(error)"])
            }
        }
    }
}
