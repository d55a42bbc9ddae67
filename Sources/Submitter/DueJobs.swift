// SPDX-License-Identifier: Apache-2.0

import FleetOperations
import FleetRuntime
import FleetStore
import Labs
import Logging
import ServiceLifecycle

/// Keeps the queue of one lab filled while it has room: with the jobs that are due, new ones and those that were put
/// off. And asks a lab that refused our token whether it has changed its mind, and one that failed and that no job
/// waits for whether it is well.
///
/// Long pauses are rows with a due time, not messages: a row outlives a broker.
struct DueJobs: Service {
    let backend: FleetConfiguration.Backend
    let settings: FleetConfiguration.Submitter
    let store: FleetStore
    let announcer: JobAnnouncer
    let lab: any Lab
    let logger: Logger

    func run() async throws {
        var lastProbe = ContinuousClock.now
        await repeatUntilShutdown(every: settings.parkPoll, logger: logger, "due jobs") {
            if ContinuousClock.now - lastProbe > settings.stoppedProbe {
                lastProbe = .now
                try await resumeIfAllowed()
                try await closeIfWell()
            }
            // What was taken leaves room soon.
            while try await announcer.announceDue(backend: backend.name) > 0, !Task.isShuttingDownGracefully {
                try await Task.sleep(for: settings.refill)
            }
        }
    }

    private func resumeIfAllowed() async throws {
        guard try await store.isStopped(backend: backend.name), try await lab.knowsUs() else { return }
        try await store.resumeBackend(backend.name)
        logger.notice("submissions resumed", [.backend: "\(backend.name)"])
    }

    /// A lab that failed is tried by a job. When none waits for it any more, that it answers has to do: it would count
    /// as failing for ever.
    private func closeIfWell() async throws {
        guard try await store.isTriedByNone(backend: backend.name), try await lab.knowsUs() else { return }
        try await store.closeCircuit(backend: backend.name, serverErrorTries: settings.serverErrorTries)
        logger.notice("the lab is well", [.backend: "\(backend.name)"])
    }
}
