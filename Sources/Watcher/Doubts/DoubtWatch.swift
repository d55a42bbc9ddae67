// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Foundation
import LAVA
import Logging
import ServiceLifecycle

/// Asks a lab once more for attempts whose submission was in doubt: a request whose client has given up may still be
/// carried out, minutes later, and then the lab has the attempt twice, or has what nobody waits for any more.
///
/// What is too many is recorded as surplus, and canceled with everything else that is to be canceled.
struct DoubtWatch: Sendable {
    let lab: WatchedLab

    /// The most that one turn asks for: one request each, or two.
    static let batch = 20

    private var store: FleetStore { lab.store }

    func turn() async throws {
        guard !Mutant.isActive(.noSecondLook), !lab.pulse.read(\.isFailing) else { return }
        let due = try await store.takeDoubtful(backend: lab.name, limit: Self.batch, terms: lab.doubts)
        if !due.givenUp.isEmpty {
            lab.logger.warning("not looked for any more", [.attempts: "\(due.givenUp.count)"])
        }
        for attempt in due.attempts where !Task.isShuttingDownGracefully {
            try await look(for: attempt)
        }
    }

    private func look(for attempt: DoubtfulAttempt) async throws {
        let since = attempt.createdAt.addingTimeInterval(-LabPoller.clockDifference.timeInterval)
        let found = try await lab.client.findJobs(tag: attempt.id, since: since, kind: attempt.kind).submissions
        let known = Set(attempt.labJobs.map(\.number))
        var groups = found.ours(known: known, window: attempt.doubt + lab.doubts.secondLook).map(SubmittedGroup.init)
        if let missing = try await members(of: attempt, unlessIn: groups) { groups.append(missing) }
        let outcome = try await store.recordLook(for: attempt, groups: groups, terms: lab.doubts)
        SurplusCounter.count(outcome.surplus, of: attempt.id, backend: lab.name, logger: lab.logger)
        if let uncounted = outcome.uncounted { try await lab.announceAgain([uncounted]) }
    }

    /// The members of a group that is not known whole, by their group's name: LAVA may have lost their text.
    private func members(
        of attempt: DoubtfulAttempt,
        unlessIn groups: [SubmittedGroup]
    ) async throws(LAVAError) -> SubmittedGroup? {
        guard let size = attempt.groupSize, size > attempt.labJobs.count,
            let first = attempt.labJobs.lazy.compactMap({ $0.subID.flatMap(LAVALabJobID.init)?.group }).first,
            !groups.contains(where: { $0.labJobs.contains { $0.number == attempt.labJobs.first?.number } })
        else { return nil }
        let members = try await lab.client.members(ofGroup: first)
        return members.isEmpty ? nil : SubmittedGroup(members.map(SubmittedLabJob.init), size: size)
    }
}

extension DoubtfulAttempt {
    /// What the lab can have made of it, as far as that is known: it is asked for nothing else.
    fileprivate var kind: LAVASubmission.Kind? {
        labJobs.first.map { $0.subID == nil ? .job : .group }
    }
}
