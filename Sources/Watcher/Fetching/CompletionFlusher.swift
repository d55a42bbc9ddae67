// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import Foundation
import Logging
import Postgres

/// Writes finished lab jobs down in groups: one transaction and one step of each jobset's counter for many of them.
struct CompletionFlusher: Sendable {
    private let completions: Grouping<FetchedLabJob, Void>

    /// - Parameters:
    ///   - knownIssues: Those of the configuration.
    ///   - metricLimits: Those of the configuration.
    init(
        store: FleetStore,
        publisher: FleetPublisher,
        settings: FleetConfiguration.Watcher,
        knownIssues: ConfiguredKnownIssues,
        metricLimits: MetricLimits,
        logger: Logger
    ) {
        let retryPause = settings.infrastructureRetryPause
        // Under load each group waits a little for company.
        completions = Grouping(
            maximum: settings.flushMaximumJobs,
            pause: settings.flushPause,
            mayConcernOne: FleetStore.mayConcernOne
        ) { labJobs in
            FleetMetric.groupItems.record(labJobs.count, [.what: "completion"])
            let stored: Unannounced<Void>
            do {
                stored = try await store.finishLabJobs(
                    labJobs,
                    retryAfter: retryPause,
                    knownIssues: knownIssues,
                    metricLimits: metricLimits
                )
            } catch let error as PostgresError where labJobs.count == 1 && error.concernsValues {
                logger.error("lab job not stored", [.labJob: "\(labJobs[0].id)", .error: "\(error)"])
                throw error
            }
            faultPoint("watcher.stored")
            try await publisher.announce(stored)
            for jobset in stored.finished {
                logger.info("jobset finished", [.jobset: "\(jobset.id.text)"])
            }
            return labJobs.map { _ in }
        }
    }

    /// Returns when the lab job is stored, its job counted, and a jobset finished by it announced.
    func finish(_ labJob: FetchedLabJob) async throws { try await completions.outcome(of: labJob) }
}
