// SPDX-License-Identifier: Apache-2.0

import FleetAssembly
import FleetQueues
import FleetRuntime
import FleetStore
import LAVA
import Logging
import ServiceLifecycle

/// Sends messages for the parked jobs of one lab when their time has come and the lab has room, and asks a lab that
/// refused our token whether it has changed its mind.
///
/// Long pauses are rows with a due time, not messages: a row outlives a broker.
struct ParkedJobs: Service {
    let backend: FleetConfiguration.Backend
    let settings: FleetConfiguration.Submitter
    let store: FleetStore
    let publisher: FleetPublisher
    let lab: LAVAClient
    let logger: Logger

    /// The most messages that one look sends.
    static let batch = 500

    func run() async throws {
        var lastProbe = ContinuousClock.now
        await repeatUntilShutdown(every: settings.parkPoll, logger: logger, "parked jobs") {
            if ContinuousClock.now - lastProbe > settings.stoppedProbe {
                lastProbe = .now
                try await resumeIfAllowed()
            }
            while try await announceDue() == Self.batch {}
        }
    }

    private func announceDue() async throws -> Int {
        let jobs = try await store.takeDueJobs(
            backend: backend.name,
            maximumInFlight: backend.maximumInFlight,
            limit: Self.batch
        )
        guard !jobs.isEmpty else { return 0 }
        faultPoint("submitter.taken")
        do {
            try await publisher.announce(jobs: jobs)
        } catch {
            try await store.putBack(jobs)
            throw error
        }
        return jobs.count
    }

    private func resumeIfAllowed() async throws {
        let status = try await store.backendStatuses().first { $0.name == backend.name }
        // Without a token of ours the lab can only call us nobody; that it answers at all has to do.
        guard status?.stoppedReason != nil, try await !lab.whoami().isEmpty || lab.lab.token == nil else { return }
        try await store.resumeBackend(backend.name)
        logger.notice("submissions resumed", metadata: ["backend": "\(backend.name)"])
    }
}
