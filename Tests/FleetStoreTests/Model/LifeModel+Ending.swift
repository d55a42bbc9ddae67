// SPDX-License-Identifier: Apache-2.0

import Fleet

/// How a job ends.
struct JobEnding: Sendable {
    var outcome: JobOutcome
    var passes = 0
    var fails = 0
}

/// The counter: only a job's step into its end moves it, and at zero and sealed the jobset is at its own.
extension LifeModel {
    mutating func finish(_ ends: [JobName: PlainEnd]) -> LifeOutcome {
        LifeOutcome(finished: end(ends.mapValues { JobEnding(outcome: $0.outcome, fails: $0.fails) }))
    }

    /// All of them are counted before anything follows from it.
    mutating func end(_ ends: [JobName: JobEnding]) -> [EndName] {
        var failed: Set<Int> = []
        for (name, end) in ends.sorted(by: { $0.key < $1.key }) {
            guard var job = self[name] else { continue }
            guard job.state != .finished else {
                if mistake == .decrementOnRepeat { jobsets[name.jobset]?.pending -= 1 }
                continue
            }
            job.finish(end)
            self[name] = job
            jobsets[name.jobset]?.pending -= 1
            guard job.isFailure || (mistake == .canceledFails && job.isImperfect) else { continue }
            jobsets[name.jobset]?.failures += 1
            failed.insert(name.jobset)
        }
        for jobset in failed { tell(.firstFailure, of: jobset) }
        let finished = Set(ends.keys.map(\.jobset)).flatMap { finishIfDone($0) }
        return (finished + failed.flatMap { enforceLimit($0) }).sorted()
    }

    /// Its report and its callback are to be made from the moment of its end.
    mutating func finishIfDone(_ name: Int) -> [EndName] {
        guard let jobset = jobsets[name], jobset.isRunning, jobset.pending == 0,
            jobset.sealer != nil || (mistake == .finishesOpen && !jobset.jobs.isEmpty)
        else { return [] }
        jobsets[name]?.verdict = jobset.verdictOfJobs
        jobsets[name]?.deliveries[
            DeliveryName(generation: jobset.generation, event: .finished, kind: "report")
        ] = false
        tell(.finished, of: name)
        return [EndName(jobset: name, generation: jobset.generation)]
    }

    /// An event is told to who asked for it, once a generation. What it is about is written down with it, but for the
    /// end.
    mutating func tell(_ event: JobsetEvent, of name: Int) {
        guard let jobset = jobsets[name], jobset.document.events.contains(event) else { return }
        let delivery = DeliveryName(generation: jobset.generation, event: event, kind: "callback")
        guard jobset.deliveries[delivery] == nil else { return }
        if mistake == .callsOnce, jobset.deliveries.keys.contains(where: { $0.event == event && $0.kind == "callback" })
        {
            return
        }
        jobsets[name]?.deliveries[delivery] = false
    }

    /// More failures than may be cancel the rest; what a deadline ends is not canceled as well. A limit in percent
    /// needs to know of how many.
    mutating func enforceLimit(_ name: Int) -> [EndName] {
        guard let jobset = jobsets[name], jobset.isRunning, !jobset.isCanceled, !jobset.isDeadlinePassed else {
            return []
        }
        let isExceeded =
            switch jobset.maxFailures {
            case nil: false
            case .count(let most): jobset.failures > most
            case .percent(let most): jobset.knownTotal.map { jobset.failures * 100 > most * $0 } ?? false
            }
        return isExceeded ? cancelRest(of: name).finished : []
    }
}

extension ModelJob {
    fileprivate mutating func finish(_ end: JobEnding) {
        state = .finished
        outcome = end.outcome
        passes = end.passes
        fails = end.fails
        for index in attempts.indices where attempts[index].state != .ended { attempts[index].end(end.outcome) }
    }
}

extension ModelJobset {
    fileprivate var verdictOfJobs: Verdict {
        // Canceled it is only if something was: a job, or those that were still to come.
        if isCanceled, sealer == .cancellation || jobs.contains(where: { $0.outcome == .canceled }) { return .canceled }
        // A lab's fault hides nothing, and a refused definition is not its fault.
        if jobs.contains(where: { $0.fails > 0 || $0.outcome == .rejected }) { return .failed }
        if jobs.contains(where: { $0.outcome != .complete }) { return .incomplete }
        // It was to have more, and somebody else than its owner said that they won't come.
        let isShort = sealer != .owner && (declaredTotal.map { $0 > jobs.count } ?? false)
        return isDeadlinePassed || isShort ? .incomplete : .passed
    }
}
