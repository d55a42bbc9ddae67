// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetAssembly
import FleetRuntime
import FleetStore
import Foundation
import Labs
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
        guard !Mutant.isActive(.noSecondLook) else { return }
        // A lab that fails is not asked; what it was to be asked for is given up in time all the same.
        let limit = lab.polls.read(\.isFailing) ? 0 : Self.batch
        let due = try await store.takeDoubtful(backend: lab.name, limit: limit, terms: lab.doubts)
        if !due.givenUp.isEmpty {
            lab.logger.warning("not looked for any more", [.attempts: "\(due.givenUp.count)"])
        }
        try await look(for: due.attempts)
    }

    /// One after the other. What a lab says of one attempt keeps the others from nothing; those that it was not asked for
    /// are due again.
    private func look(for attempts: [DoubtfulAttempt]) async throws {
        var rest = attempts[...]
        var first: LabError?
        do {
            while let attempt = rest.first, !Task.isShuttingDownGracefully {
                do {
                    try await look(for: attempt)
                } catch let error as LabError where error.isOfOneQuestion {
                    first = first ?? error
                }
                rest = rest.dropFirst()
            }
        } catch let error as LabError {
            // Whose request went out has had its try.
            try await giveBack(error.isOurs ? rest : rest.dropFirst())
            throw error
        }
        try await giveBack(rest)
        if let first { throw first }
    }

    /// Not in the task that may just be cancelled.
    private func giveBack(_ attempts: ArraySlice<DoubtfulAttempt>) async throws {
        guard !attempts.isEmpty else { return }
        let attempts = Array(attempts)
        try await Task { try await store.returnLooks(attempts) }.value
    }

    private func look(for attempt: DoubtfulAttempt) async throws {
        let since = attempt.createdAt.addingTimeInterval(-LabPoller.clockDifference.timeInterval)
        let known = Set(attempt.labJobs.map { LabJobID($0.number) })
        let found = try await lab.client.find(
            LabSearch(
                tag: attempt.id,
                since: since,
                kind: attempt.kind,
                after: attempt.lookedPast.map { LabJobID($0) },
                own: attempt.labJobs.map(\.number).min().map { LabJobID($0) }
            )
        )
        var groups = found.submissions.ours(known: known, window: attempt.doubt + lab.doubts.secondLook)
            .map(SubmittedGroup.init)
        if let missing = try await members(of: attempt, unlessIn: groups) { groups.append(missing) }
        let outcome = try await store.recordLook(
            for: attempt,
            groups: groups,
            moreAfter: found.moreAfter?.number,
            terms: lab.doubts
        )
        faultPoint("watcher.looked")
        SurplusCounter.count(outcome.surplus, of: attempt.id, backend: lab.name, logger: lab.logger)
        if found.moreAfter != nil {
            lab.logger.warning(
                outcome.isBeyondBounds
                    ? "the lab has more jobs of an attempt than are recorded; the rest is not canceled"
                    : "the lab has more jobs of an attempt than one look handles; the next look continues",
                [.attempt: "\(attempt.id.text)"]
            )
        }
        if let uncounted = outcome.uncounted { try await lab.announceAgain([uncounted]) }
    }

    /// The members of a group that is not known whole, by their group's name: the lab may have lost their text.
    private func members(
        of attempt: DoubtfulAttempt,
        unlessIn groups: [SubmittedGroup]
    ) async throws(LabError) -> SubmittedGroup? {
        guard let size = attempt.groupSize, size > attempt.labJobs.count,
            let member = attempt.labJobs.lazy.compactMap(\.subID).first,
            !groups.contains(where: { $0.labJobs.contains { $0.number == attempt.labJobs.first?.number } })
        else { return nil }
        let members = try await lab.client.members(ofGroupOf: member)
        return members.isEmpty ? nil : SubmittedGroup(members.compactMap(SubmittedLabJob.init), size: size)
    }
}

extension DoubtfulAttempt {
    /// What the lab can have made of it, as far as that is known: it is asked for nothing else.
    fileprivate var kind: LabSubmission.Kind? {
        labJobs.first.map { $0.subID == nil ? .job : .group }
    }
}

extension Collection where Element == LabSubmission {
    /// Those that requests of ours have made: a person who submits a job of ours once more, as LAVA's pages offer,
    /// takes its text along, and the tag in it.
    ///
    /// They are of the hand that submitted the first, which is known to be ours if it is among the attempt's lab jobs,
    /// and by the lab's own clock not later than the last request could still be carried out.
    ///
    /// - Parameters:
    ///   - known: The ids of the attempt's lab jobs.
    ///   - window: How long after its first submission an attempt may still come into the lab.
    func ours(known: Set<LabJobID>, window: Duration) -> [LabSubmission] {
        guard let own = first(where: { $0.jobs.contains { known.contains($0.id) } }) ?? first else { return [] }
        return filter { one in
            guard one.submitter == own.submitter else { return false }
            guard let start = own.submitTime, let time = one.submitTime else { return true }
            return time.timeIntervalSince(start) <= window.timeInterval
        }
    }
}
