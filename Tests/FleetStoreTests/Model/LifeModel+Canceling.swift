// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Cancellations and the deadline.
extension LifeModel {
    mutating func cancelJobset(_ name: Int) -> LifeOutcome {
        guard let jobset = jobsets[name] else { return .refused(.notFound) }
        if let verdict = jobset.verdict { return .refused(.finished(verdict)) }
        return cancelRest(of: name)
    }

    /// All of the jobs, or none.
    mutating func cancelJobs(of name: Int, _ positions: [Int]) -> LifeOutcome {
        guard let jobset = jobsets[name] else { return .refused(.notFound) }
        if let verdict = jobset.verdict { return .refused(.finished(verdict)) }
        for position in positions.sorted() {
            guard jobset.jobs.indices.contains(position) else { return .refused(.noSuchJob(position)) }
            if let outcome = jobset.jobs[position].outcome { return .refused(.jobFinished(position, outcome)) }
        }
        return cancel(positions.sorted(), of: name)
    }

    /// Nothing is added to what nobody wants any more.
    mutating func cancelRest(of name: Int) -> LifeOutcome {
        if jobsets[name]?.isCanceled == false {
            jobsets[name]?.isCanceled = true
            tell(.canceled, of: name)
        }
        if jobsets[name]?.sealer == nil { jobsets[name]?.sealer = .cancellation }
        let rest = jobsets[name]?.unfinished ?? []
        if rest.isEmpty {
            return LifeOutcome(answer: .canceled(endedNow: 0, inLab: 0, inDoubt: 0), finished: finishIfDone(name))
        }
        return cancel(rest, of: name)
    }

    /// Those end that no lab can have heard of; the others when their lab says so.
    private mutating func cancel(_ positions: [Int], of name: Int) -> LifeOutcome {
        var ends: [JobName: JobEnding] = [:]
        var (inLab, inDoubt) = (0, 0)
        for position in positions {
            let job = JobName(jobset: name, position: position)
            self[job]?.isCancelRequested = true
            let attempt = self[job]?.attempts.last
            if self[job]?.state == .submitted {
                inLab += 1
            } else if let attempt, attempt.state == .submitting, attempt.isDoubtful || attempt.isLeased {
                inDoubt += 1
            } else {
                ends[job] = JobEnding(outcome: .canceled)
            }
        }
        let answer = LifeAnswer.canceled(endedNow: ends.count, inLab: inLab, inDoubt: inDoubt)
        return LifeOutcome(answer: answer, finished: end(ends))
    }

    /// A lab that does not confirm a cancellation does not keep the jobset.
    mutating func endUnconfirmed(_ name: Int) -> LifeOutcome {
        guard let jobset = jobsets[name] else { return LifeOutcome() }
        var ends: [JobName: JobEnding] = [:]
        for position in jobset.unfinished where jobset.jobs[position].isCancelRequested {
            ends[JobName(jobset: name, position: position)] = JobEnding(outcome: .canceled)
        }
        return LifeOutcome(finished: end(ends))
    }

    mutating func reachDeadline(_ name: Int) -> LifeOutcome {
        guard let jobset = jobsets[name], jobset.deadline != .none else { return LifeOutcome() }
        deadlinesReached += 1
        jobsets[name]?.deadline = .reached(deadlinesReached)
        return LifeOutcome()
    }

    /// The earliest first. What is outstanding has expired; what was to be added comes too late.
    mutating func passDeadline(batch: Int) -> LifeOutcome {
        let due = jobsets.filter { $0.value.isRunning && $0.value.reached != nil }
        guard let (name, jobset) = due.min(by: { $0.value.reached ?? 0 < $1.value.reached ?? 0 }) else {
            return LifeOutcome()
        }
        jobsets[name]?.isDeadlinePassed = true
        if jobset.sealer == nil { jobsets[name]?.sealer = .deadline }
        tell(.deadline, of: name)
        let outstanding = jobset.unfinished.prefix(batch).map { JobName(jobset: name, position: $0) }
        let ends = outstanding.map { ($0, JobEnding(outcome: .expired)) }
        let finished = ends.isEmpty ? finishIfDone(name) : end(Dictionary(uniqueKeysWithValues: ends))
        let isPartial = ends.count == batch && finished.isEmpty
        return LifeOutcome(
            answer: .expired(jobset: name, jobs: ends.count, isPartial: isPartial),
            finished: finished
        )
    }
}

extension ModelJobset {
    fileprivate var reached: Int? { if case .reached(let number) = deadline { number } else { nil } }
}
