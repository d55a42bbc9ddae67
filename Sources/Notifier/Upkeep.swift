// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Logging
import ServiceLifecycle
import Synchronization

/// Removes tries that have been kept for long enough, and counts the receivers that fail.
struct DeliveryUpkeep: Service {
    let store: FleetStore
    let interval: Duration
    /// How long the tries of a delivery that is over are kept.
    let logKept: Duration
    /// How long a receiver must have taken nothing to count as failing.
    let failingFor: Duration
    let logger: Logger

    /// How many tries one statement removes: few enough to hold up nobody.
    private static let batch = 1_000
    /// How many such statements one turn makes at most.
    private static let batches = 100

    func run() async throws {
        await repeatUntilShutdown(every: interval, logger: logger, "the upkeep of deliveries") {
            for _ in 0..<Self.batches {
                guard try await store.removeTries(olderThan: logKept, limit: Self.batch) == Self.batch else { break }
            }
            let failing = try await store.failingReceivers(for: failingFor)
            FleetMetric.receiversFailing.set(failing.count)
        }
    }
}

/// Has the lists of failing tests mailed on their days.
struct DigestUpkeep: Service {
    let store: FleetStore
    let wanted: [WantedDigest]
    let publicURL: String?
    let interval: Duration
    let logger: Logger

    init(_ parts: FleetParts) {
        store = parts.store
        wanted = parts.configuration.projects.sorted { $0.key < $1.key }.compactMap { name, project in
            guard !project.mailDigest.isEmpty, case .project(let group, let short) = ProjectScope(name) else {
                return nil
            }
            return WantedDigest(
                group: group,
                project: short,
                receivers: project.mailDigest,
                day: project.mailDigestDay
            )
        }
        publicURL = parts.configuration.gateway.publicURL
        interval = parts.configuration.notifier.upkeepInterval
        logger = parts.logger
    }

    func run() async throws {
        await repeatUntilShutdown(every: interval, logger: logger, "the lists of failing tests") {
            var firstError: (any Error)?
            // One whose list can't be made keeps no other from theirs.
            for digest in wanted {
                let (name, url) = ("\(digest.group)/\(digest.project)", publicURL)
                do {
                    _ = try await store.orderDigest(digest) { MailedDigest.text($0, of: name, publicURL: url) }
                } catch {
                    firstError = firstError ?? error
                }
            }
            if let firstError { throw firstError }
        }
    }
}

/// Makes the store know the webhooks of the configuration, once, and orders events of progress.
struct WebhookUpkeep: Service {
    let store: FleetStore
    let webhooks: [ConfiguredWebhook]
    let interval: Duration
    let logger: Logger

    func run() async throws {
        let isRegistered = Atomic(false)
        await repeatUntilShutdown(every: interval, logger: logger, "the upkeep of webhooks") {
            if !isRegistered.load(ordering: .relaxed) {
                try await store.registerWebhooks(webhooks)
                isRegistered.store(true, ordering: .relaxed)
            }
            _ = try await store.orderProgress()
        }
    }
}
