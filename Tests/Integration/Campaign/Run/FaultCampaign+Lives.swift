// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetQueues
import FleetStore
import Foundation

/// The lives of a campaign's jobsets, as their publishers drive them.
extension FaultCampaign {
    /// Publishes a jobset at its time, and does with it what is planned.
    func live(_ jobset: PlannedJobset) async throws {
        try await sleep(until: jobset.at)
        try await publish(jobset)
        tally.add("jobsets")
        tally.add("jobs", jobset.total)
        switch jobset.life {
        case .plain, .deadline, .failureLimit: break
        case .canceled(let after):
            guard try await isAccepted(jobset.id) else { return }
            try await Task.sleep(for: .milliseconds(after))
            try await cancel(jobset)
        case .jobCanceled(let position, let after):
            guard try await isAccepted(jobset.id) else { return }
            try await Task.sleep(for: .milliseconds(after))
            try await cancel(jobset, position)
        case .open(let seal):
            try await fill(jobset, seal)
        case .retried(let all):
            try await retry(jobset, all: all)
        }
    }

    private func fill(_ jobset: PlannedJobset, _ seal: PlannedJobset.Seal) async throws {
        guard try await isAccepted(jobset.id) else { return }
        for addition in jobset.additions {
            // The one that seals comes last: what comes after it would be refused.
            if seal == .byAddition, addition.id == jobset.additions.last?.id {
                for earlier in jobset.additions.dropLast() { guard try await isAccepted(earlier.id) else { return } }
            }
            try await publish(jobset, addition)
            tally.add("additions")
        }
        guard seal == .byCommand else { return }
        for addition in jobset.additions { guard try await isAccepted(addition.id) else { return } }
        _ = try await insist("seal") { try await fleet.store.sealJobset(id: jobset.id) }
    }

    private func cancel(_ jobset: PlannedJobset, _ position: Int? = nil) async throws {
        // Before, for nobody knows whether a try that failed has taken effect.
        record.change(jobset.id) { published in
            if let position { published.canceledJobs.insert(position) } else { published.isCanceled = true }
        }
        do {
            _ = try await insist("cancel") {
                if let position {
                    try await fleet.store.cancelJobs(of: jobset.id, positions: [position], reason: "a campaign")
                } else {
                    try await fleet.store.cancelJobset(id: jobset.id, reason: "a campaign")
                }
            }
            tally.add("cancellations")
        } catch is FleetRefusal {
            // It was over before.
        }
    }

    private func retry(_ jobset: PlannedJobset, all: Bool) async throws {
        let limit = settleLimit + max(.zero, timeUntilFaultsAreOver)
        try await until(limit) { try await witness.hasFinished(jobset.id, generation: 1) }
        record.change(jobset.id) { $0.generations = 2 }
        try await until(limit) {
            if try await witness.hasFinished(jobset.id, generation: 2) { return true }
            do {
                _ = try await fleet.store.retryJobs(of: jobset.id, all ? .all : .failed)
                tally.add("retries of jobsets")
                return true
            } catch FleetRefusal.reportPending {
                return false
            } catch is FleetRefusal {
                // Nothing has failed, or it runs already: a try that failed has taken effect.
                return true
            }
        }
    }

    // MARK: publishing

    /// Publishes a jobset, or an addition to one, until the broker has confirmed it.
    private func publish(_ jobset: PlannedJobset, _ addition: PlannedJobset.Addition? = nil) async throws {
        record.announce(jobset, addition)
        for _ in 0..<(jobset.isRepeated ? 2 : 1) {
            let wipes = try await insist("publish") {
                let wipes = record.wipes
                try await send(jobset, addition)
                return wipes
            }
            record.confirm(jobset, addition, wipes: wipes)
        }
    }

    private func send(_ jobset: PlannedJobset, _ addition: PlannedJobset.Addition?) async throws {
        if let addition {
            let body = try jobset.document(of: addition)
            try await fleet.publisher.publish(addition: body, id: addition.id, replyTo: nil, correlationID: nil)
        } else {
            let body = try jobset.document(callback: callback)
            try await fleet.publisher.publish(jobset: body, id: jobset.id, replyTo: nil, correlationID: nil)
        }
    }

    /// Looks what has been taken in, and publishes again what a wiped broker may have lost.
    func publishAgain() async {
        while isRunning, !Task.isCancelled {
            do {
                let ids = record.unknown.map(\.id)
                record.know(try await witness.known(ids))
                record.know(try await witness.knownAdditions(ids))
                for message in record.unknown where message.wipes != record.wipes {
                    let wipes = record.wipes
                    try await send(message.jobset, message.addition)
                    record.confirm(message.jobset, message.addition, wipes: wipes)
                    tally.add("publications again after a wipe")
                }
            } catch {
                // The broker or the database is away; soon again.
            }
            try? await Task.sleep(for: .milliseconds(300))
        }
    }

    /// Whether a message was taken in before the limit that begins when all faults are over: on a machine that is busy
    /// otherwise ingest may be minutes behind.
    private func isAccepted(_ id: UUID) async throws -> Bool {
        try await until(settleLimit + max(.zero, timeUntilFaultsAreOver)) { record.isKnown(id) }
        return record.isKnown(id)
    }

    // MARK: insisting

    /// Looks again and again until something holds, at most for a while: what does not come is the checker's to find.
    private func until(_ limit: Duration, _ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, isRunning {
            if (try? await condition()) ?? false { return }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Does what may be done any number of times until it has succeeded; only an answer of ours ends it otherwise.
    private func insist<Result: Sendable>(
        _ what: String,
        _ body: () async throws -> Result
    ) async throws -> Result {
        var tries = 0
        while true {
            do {
                return try await body()
            } catch let answer as FleetRefusal {
                throw answer
            } catch {
                tries += 1
                guard tries < 600 else { throw error }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}
