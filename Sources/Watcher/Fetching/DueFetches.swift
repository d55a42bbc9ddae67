// SPDX-License-Identifier: Apache-2.0

import FleetQueues
import FleetRuntime
import FleetStore

/// Announces lab jobs again whose results could not be fetched, once they are due.
///
/// While a lab fails, only a few are, to see whether it is better; when it is, all that wait for it become due at once.
struct DueFetches: Sendable {
    let lab: WatchedLab

    /// The most announced in one statement.
    static let batch = 500
    /// The most announced in one turn while the lab fails some.
    static let carefulBatch = 50
    /// The most while it answers nothing.
    static let trialBatch = 2
    /// How often, at least, one that fails is tried.
    static let trialPause: Duration = .seconds(3)

    func turn() async throws {
        // What is taken and can't be announced would have to be put back.
        guard lab.publisher.isConnected else { return }
        let failing = try await lab.store.failingFetches(backend: lab.name, pause: Self.trialPause)
        FleetMetric.failingFetches.set(failing.count, [.backend: lab.name])
        let isFailing = lab.polls.change { schedule in
            schedule.suspect(failing.count > 0)
            return schedule.isFailing
        }
        let limit = isFailing ? Self.trialBatch : failing.count > 0 ? Self.carefulBatch : Self.batch
        var announced = 0
        while true {
            let due = try await lab.store.takeDueFetches(backend: lab.name, limit: limit)
            try await lab.announceAgain(due)
            announced += due.count
            guard due.count == limit, limit == Self.batch else { break }
        }
        if announced == 0, failing.count > 0, !failing.wasTriedLately {
            try await lab.announceAgain(try await lab.store.takeTrialFetch(backend: lab.name))
        }
    }
}
