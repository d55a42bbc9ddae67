// SPDX-License-Identifier: Apache-2.0

package import FleetOperations
import FleetRuntime
import FleetStore

extension JobAnnouncer {
    /// An announcer for all labs of the configuration.
    package init(_ parts: FleetParts) {
        let queueLength = parts.configuration.submitter.queueLength
        let terms = parts.configuration.backends.mapValues { backend in
            QueueTerms(maximumInFlight: backend.maximumInFlight, queueLength: queueLength)
        }
        self.init(store: parts.store, publisher: parts.publisher, terms: terms)
    }
}
