// SPDX-License-Identifier: Apache-2.0

import Fleet

/// Accepting, adding, sealing.
extension LifeModel {
    mutating func accept(_ name: Int, _ document: LifeDocument) -> LifeOutcome {
        if let known = jobsets[name] {
            guard known.document == document else { return LifeOutcome(answer: .conflict) }
            return LifeOutcome(answer: .again(total: known.jobs.count, isSealed: nil, end: end(of: name)))
        }
        var jobset = ModelJobset(document: document)
        jobset.declaredTotal = document.declaredTotal
        jobset.maxFailures = document.maxFailures
        jobset.hasTimeout = document.hasTimeout
        jobset.deadline = document.hasTimeout ? .ahead : .none
        // One that is declared to have just these jobs has them.
        jobset.sealer = document.isOpen && document.declaredTotal != document.jobs ? nil : .owner
        jobsets[name] = jobset
        append(document.jobs, to: name)
        return LifeOutcome(answer: .accepted(total: document.jobs), finished: finishIfDone(name))
    }

    mutating func add(_ addition: LifeAddition, to name: Int) -> LifeOutcome {
        guard let jobset = jobsets[name] else { return .refused(.notFound) }
        if let known = jobset.additions[addition.id], mistake != .addsTwice {
            guard known == addition else { return LifeOutcome(answer: .conflict) }
            let isSealed = jobset.sealer != nil
            return LifeOutcome(answer: .again(total: jobset.jobs.count, isSealed: isSealed, end: end(of: name)))
        }
        if let verdict = jobset.verdict { return .refused(.finished(verdict)) }
        if let sealer = jobset.sealer { return .refused(.sealed(sealer)) }
        let total = jobset.jobs.count + addition.jobs
        if let known = jobset.declaredTotal, let declared = addition.declaredTotal, known != declared {
            return .refused(.otherTotal(declared: declared, known: known))
        }
        let declared = addition.declaredTotal ?? jobset.declaredTotal
        if let declared, total > declared { return .refused(.beyondTotal(declared: declared, would: total)) }
        jobsets[name]?.additions[addition.id] = addition
        jobsets[name]?.declaredTotal = declared
        append(addition.jobs, to: name)
        // Where a total is declared it alone seals, for additions may come in any order.
        let isSealed = declared.map { $0 == total } ?? addition.seals
        let finished = isSealed ? close(name, by: .owner) : []
        return LifeOutcome(answer: .added(total: total, isSealed: isSealed), finished: finished)
    }

    mutating func seal(_ name: Int) -> LifeOutcome {
        guard let jobset = jobsets[name] else { return .refused(.notFound) }
        if let verdict = jobset.verdict { return .refused(.finished(verdict)) }
        let answer = LifeAnswer.sealed(wasSealed: jobset.sealer != nil, total: jobset.jobs.count)
        return LifeOutcome(answer: answer, finished: jobset.sealer == nil ? close(name, by: .owner) : [])
    }

    mutating func sealForgotten(_ name: Int) -> LifeOutcome {
        guard let jobset = jobsets[name], jobset.isRunning, jobset.sealer == nil else {
            return LifeOutcome(answer: .forgotten([]))
        }
        return LifeOutcome(answer: .forgotten([name]), finished: close(name, by: .sweep))
    }

    /// From now on it is known how many jobs it has: it may be done, or more may have failed than may.
    private mutating func close(_ name: Int, by sealer: Sealer) -> [EndName] {
        jobsets[name]?.sealer = sealer
        let finished = finishIfDone(name)
        return finished.isEmpty ? enforceLimit(name) : finished
    }

    /// Counted when they are stored.
    private mutating func append(_ jobs: Int, to name: Int) {
        jobsets[name]?.jobs += Array(repeating: ModelJob(), count: jobs)
        jobsets[name]?.pending += jobs
    }

    private func end(of name: Int) -> EndName? {
        guard let jobset = jobsets[name], !jobset.isRunning else { return nil }
        return EndName(jobset: name, generation: jobset.generation)
    }
}

extension LifeOutcome {
    static func refused(_ refusal: LifeRefusal) -> LifeOutcome { LifeOutcome(answer: .refused(refusal)) }
}
