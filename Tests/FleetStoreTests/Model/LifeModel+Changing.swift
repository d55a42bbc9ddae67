// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Changes while it runs, and another generation after its end.
extension LifeModel {
    mutating func change(_ name: Int, _ change: LifeChange) -> LifeOutcome {
        guard let jobset = jobsets[name] else { return .refused(.notFound) }
        if let verdict = jobset.verdict { return .refused(.finished(verdict)) }
        if let priority = change.priority { jobsets[name]?.priority = priority }
        // A deadline that has taken effect stays.
        if let timeout = change.timeout, !jobset.isDeadlinePassed {
            jobsets[name]?.hasTimeout = timeout
            jobsets[name]?.deadline = timeout ? .ahead : .none
        }
        guard let limit = change.maxFailures else { return LifeOutcome(answer: .changed(isCanceled: false)) }
        jobsets[name]?.maxFailures = limit
        let finished = enforceLimit(name)
        let isCanceled = !jobset.isCanceled && jobsets[name]?.isCanceled == true
        return LifeOutcome(answer: .changed(isCanceled: isCanceled), finished: finished)
    }

    mutating func makeReport(_ name: Int) -> LifeOutcome {
        for delivery in jobsets[name]?.deliveries.keys.filter({ $0.kind == "report" }) ?? [] {
            jobsets[name]?.deliveries[delivery] = true
        }
        return LifeOutcome()
    }

    mutating func makeBodies(_ name: Int) -> LifeOutcome {
        for delivery in jobsets[name]?.deliveries.keys.filter({ $0.kind == "callback" }) ?? [] {
            jobsets[name]?.deliveries[delivery] = true
        }
        return LifeOutcome()
    }

    /// What is told of a generation is told as it was: it has to be made before the jobs are sent out again.
    mutating func retry(_ name: Int, _ selection: LifeSelection) -> LifeOutcome {
        guard let jobset = jobsets[name] else { return .refused(.notFound) }
        guard let verdict = jobset.verdict else { return .refused(.stillRunning(pending: jobset.pending)) }
        let isPending = jobset.deliveries.contains { delivery, isMade in
            !isMade && delivery.generation == jobset.generation && delivery.event == .finished
        }
        if isPending { return .refused(.reportPending) }
        let positions: [Int]
        switch selection {
        case .all: positions = Array(jobset.jobs.indices)
        case .failed: positions = jobset.jobs.indices.filter { jobset.jobs[$0].isImperfect }
        case .jobs(let some):
            positions = some.sorted()
            if let unknown = positions.first(where: { !jobset.jobs.indices.contains($0) }) {
                return .refused(.noSuchJob(unknown))
            }
        }
        guard !positions.isEmpty else { return .refused(.nothingFailed) }
        jobsets[name]?.ends[jobset.generation] = verdict
        jobsets[name]?.startGeneration(with: positions, keepsFailures: mistake == .keepsFailures)
        return LifeOutcome(answer: .retried(generation: jobset.generation + 1, jobs: positions.count))
    }
}

extension ModelJobset {
    /// Those that are not sent out again stay as they ended, and failed if they had.
    fileprivate mutating func startGeneration(with positions: [Int], keepsFailures: Bool) {
        for position in positions {
            if let outcome = jobs[position].outcome { jobs[position].ends[generation] = outcome }
            jobs[position].sendOut(in: generation + 1)
        }
        generation += 1
        verdict = nil
        pending = positions.count
        if !keepsFailures { failures = jobs.count(where: \.isFailure) }
        isCanceled = false
        isDeadlinePassed = false
        deadline = hasTimeout ? .ahead : .none
    }
}

extension ModelJob {
    fileprivate mutating func sendOut(in generation: Int) {
        state = .waiting
        outcome = nil
        passes = 0
        fails = 0
        isCancelRequested = false
        self.generation = generation
    }
}
