// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetRuntime
import FleetStore
import Labs
import Logging

/// Tells a lab to cancel jobs that nobody wants any more, again with growing pauses until it says that they have ended.
struct LabCanceler: Sendable {
    let lab: WatchedLab
    let reconciler: Reconciler

    /// The most that one turn cancels.
    static let batch = 500

    func turn() async throws {
        guard !lab.polls.read(\.isFailing) else { return }
        let wanted = try await lab.store.takeCancels(backend: lab.name, limit: Self.batch)
        guard !wanted.isEmpty else { return }
        let spent = wanted.filter { $0.tries > lab.settings.cancelMaximumTries }
        if !spent.isEmpty {
            lab.logger.warning("not canceled by the lab, given up", [.jobs: "\(Self.numbers(spent))"])
            try await lab.store.settleCancels(spent)
            count(spent.count, "given_up")
        }
        let open = wanted.filter { $0.tries <= lab.settings.cancelMaximumTries }
        do {
            try await cancel(open)
        } catch let error as LabError {
            // A lab that is away has refused nothing.
            if !error.isOfOneJob { try await lab.store.returnCancels(open) }
            throw error
        }
    }

    /// Numbers are looked up before anything is canceled: in a lab that was set up anew they are somebody else's jobs.
    private func cancel(_ wanted: [LabJobToCancel]) async throws {
        guard !wanted.isEmpty else { return }
        let seen = try await lab.client.jobs(ids: wanted.map { LabJobID($0.labJob.number) })
        _ = try await lab.finish(seen.jobs)
        let found = try await lab.matched(wanted.map(\.labJob), among: seen.jobs)
        var unknown: [LabJobToCancel] = []
        var open: [LabJobToCancel] = []
        var ended: [EndedSurplus] = []
        for one in wanted {
            guard let job = found[one.labJob] else {
                if !seen.unreadable.contains(LabJobID(one.labJob.number)) { unknown.append(one) }
                continue
            }
            if job.state != .finished {
                open.append(one)
            } else if one.isSurplus {
                ended.append(EndedSurplus(id: one.labJob.id, health: job.health.rawValue.storable))
            }
        }
        try await lab.store.endSurplus(ended)
        try await lab.store.settleCancels(unknown)
        // A group is canceled by any one of its members that has not finished.
        let groups = Dictionary(open.map { ($0.group, $0) }, uniquingKeysWith: { first, _ in first })
        let numbers = groups.values.map(\.labJob.number).sorted()
        guard !numbers.isEmpty else { return }
        let missing = Set(try await lab.client.cancel(numbers.map { LabJobID($0) }).map(\.number))
        try await lab.store.settleCancels(
            open.filter { missing.contains($0.labJob.number) }
        )
        count(numbers.count, "sent")
        lab.logger.info("canceled in the lab", [.jobs: "\(numbers)"])
    }

    private static func numbers(_ labJobs: [LabJobToCancel]) -> [Int] { labJobs.map(\.labJob.number).sorted() }

    private func count(_ number: Int, _ outcome: String) {
        FleetMetric.labCancels.increment(by: number, [.backend: lab.name, .outcome: outcome])
    }
}
