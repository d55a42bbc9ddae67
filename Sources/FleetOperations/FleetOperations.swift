// SPDX-License-Identifier: Apache-2.0

package import Fleet
package import FleetQueues
import FleetRuntime
package import FleetStore
package import Foundation
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

/// Who asks for an operation.
package struct Actor: Sendable {
    /// What others are told: a token's name, or the login name of somebody on the fleet's own machines.
    package let name: String
    /// What it asks with over HTTP; `nil`: it works on the fleet's own machines, and nothing is above it.
    let credential: Credential?

    /// What somebody asks with over HTTP, and where that is written down.
    package struct Credential: Sendable {
        let token: UUID?
        let abilities: Set<Ability>
        let address: String?
        let trail: AuditTrail
        /// What there is to say of each of its requests, such as where it was asked for.
        let remarks: [String: String]
    }

    /// Somebody on the fleet's own machines.
    package init(name: String) {
        self.name = name
        credential = nil
    }

    /// Somebody who asks over HTTP.
    package init(
        name: String,
        token: UUID?,
        abilities: Set<Ability>,
        address: String?,
        trail: AuditTrail,
        remarks: [String: String] = [:]
    ) {
        self.name = name
        credential = Credential(token: token, abilities: abilities, address: address, trail: trail, remarks: remarks)
    }

    /// A reason with the name of whoever gave it; the name alone where none was given.
    package func signed(_ reason: String?) -> String {
        guard let reason, !reason.allSatisfy(\.isWhitespace) else { return "by \(name)" }
        return "\(reason) (\(name))"
    }
}
