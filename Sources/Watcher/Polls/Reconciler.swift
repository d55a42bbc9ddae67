// SPDX-License-Identifier: Apache-2.0

import FleetQueues
import FleetRuntime
import FleetStore
import Labs
import Logging

/// Asks a lab by number for lab jobs of ours that it should still have.
///
/// It is the net below events and polls, for whatever slipped between them, and finds jobs that the lab has lost.
struct Reconciler: Sendable {
    let lab: WatchedLab

    /// How many are asked for in one turn.
    static let batch = 1000
    /// How many are asked for to see whether the lab still counts as it did: one request.
    static let sample = 200

    /// Looks at those that nobody has heard of for long, and again at those that the lab did not know.
    func look() async throws {
        let outstanding = try await lab.store.takeOutstanding(
            backend: lab.name,
            age: lab.settings.reconcileInterval,
            grace: lab.settings.missingGrace,
            limit: Self.batch
        )
        _ = try await look(at: outstanding)
    }

    /// Makes sure that the lab's numbers are still those of our jobs. A lab that was set up anew counts from 1 again,
    /// and events carry nothing but numbers.
    ///
    /// The oldest are looked at, all of them when one is not what it was; what is missing is then left alone by events.
    func verifyNumbers() async throws {
        let began = ContinuousClock.now
        var missing = 0
        repeat {
            let outstanding = try await lab.store.takeOutstanding(
                backend: lab.name,
                age: ContinuousClock.now - began,
                limit: Self.sample
            )
            missing = try await look(at: outstanding)
            if outstanding.count < Self.sample { return }
        } while missing > 0
    }

    /// Asks for these, and notes what the lab says.
    ///
    /// - Returns: how many the lab does not know.
    func look(at outstanding: [OutstandingLabJob]) async throws -> Int {
        var missing = 0
        var rest = outstanding[...]
        do {
            while !rest.isEmpty {
                missing += try await lookAtSome(Array(rest.prefix(Self.sample)))
                rest = rest.dropFirst(Self.sample)
            }
        } catch {
            let left = Array(rest)
            // Not in the task that may just be cancelled: what the lab was not asked for is asked for soon.
            try? await Task { try await lab.store.returnOutstanding(left) }.value
            throw error
        }
        return missing
    }

    private func lookAtSome(_ outstanding: [OutstandingLabJob]) async throws -> Int {
        let seen = try await lab.client.jobs(ids: outstanding.map { LabJobID($0.number) })
        if !seen.unreadable.isEmpty {
            lab.logger.warning(
                "the lab's answer can't be read",
                [.jobs: "\(seen.unreadable.compactMap(\.number).sorted())"]
            )
        }
        _ = try await lab.finish(seen.jobs)
        let found = try await lab.matched(outstanding, among: seen.jobs)
        var looks: [LabJobLook] = []
        var present: [Int] = []
        var missing: [Int] = []
        for labJob in outstanding {
            if let job = found[labJob] {
                present.append(labJob.id)
                if job.state != .finished { looks.append(LabJobLook(id: labJob.id, job)) }
            } else if !seen.unreadable.contains(LabJobID(labJob.number)) {
                missing.append(labJob.id)
            }
        }
        try await lab.store.recordLooks(looks)
        let lost = try await lab.store.recordMissing(missing, present: present, grace: lab.settings.missingGrace)
        try await lab.publisher.announce(lost)
        return missing.count
    }
}
