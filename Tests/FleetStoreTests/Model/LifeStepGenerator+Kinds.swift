// SPDX-License-Identifier: Apache-2.0

import Fleet

/// One function for each kind of step.
extension LifeStepGenerator {
    mutating func accept(_ model: LifeModel) -> LifeStep {
        let unused = (0..<Self.jobsets).filter { model.jobsets[$0] == nil }
        let name = (unused.isEmpty || random.chance(10)) ? Int.random(in: 0..<Self.jobsets, using: &random) : unused[0]
        if let known = model.jobsets[name], random.chance(70) { return .accept(name, known.document) }
        var document = LifeDocument(jobs: Int.random(in: 0...4, using: &random))
        document.isOpen = random.chance(40)
        if document.isOpen, random.chance(25) {
            document.declaredTotal = document.jobs + Int.random(in: 0...4, using: &random)
        }
        document.hasTimeout = random.chance(25)
        if random.chance(40) { document.maxFailures = limit() }
        document.retries = random.chance(30) ? Int.random(in: 1...2, using: &random) : 0
        if random.chance(80) {
            document.events = Set(JobsetEvent.allCases.filter { $0 == .finished || random.chance(50) })
            if random.chance(20) { document.events.remove(.finished) }
        }
        document.version = Int.random(in: 1...2, using: &random)
        return .accept(name, document)
    }

    private mutating func limit() -> FailureLimit {
        random.chance(50)
            ? .count(Int.random(in: 0...2, using: &random))
            : .percent([0, 10, 25, 34, 50, 100].randomElement(using: &random) ?? 0)
    }

    mutating func add(_ model: LifeModel) -> LifeStep {
        let name = jobset(model) { $0.isRunning && $0.sealer == nil }
        let known = model.jobsets[name]?.additions.values.sorted { $0.id < $1.id } ?? []
        if let again = known.randomElement(using: &random), random.chance(25) { return .add(name, again) }
        var addition = LifeAddition(id: random.chance(95) ? known.count + 1 : 1)
        addition.jobs = Int.random(in: 0...2, using: &random)
        addition.seals = random.chance(25)
        if random.chance(15) {
            let total = model.jobsets[name]?.jobs.count ?? 0
            addition.declaredTotal = max(0, total + Int.random(in: -1...4, using: &random))
        }
        return .add(name, addition)
    }

    mutating func seal(_ model: LifeModel) -> LifeStep? { .seal(jobset(model) { $0.isRunning && $0.sealer == nil }) }

    mutating func sealForgotten(_ model: LifeModel) -> LifeStep? { .sealForgotten(jobset(model) { $0.sealer == nil }) }

    mutating func claim(_ model: LifeModel) -> LifeStep? {
        job(model) { $0.state == .waiting }.map { .claim($0, by: claimant()) }
    }

    mutating func giveBack(_ model: LifeModel) -> LifeStep? {
        guard let attempt = attempt(model, where: { $0.holder != nil }) else { return nil }
        let holder = model[attempt]?.holder ?? claimant()
        return switch Int.random(in: 0..<3, using: &random) {
        case 0: .endLease(attempt.job)
        case 1: .renew(attempt, by: holder)
        default: .postpone(attempt, by: holder)
        }
    }

    mutating func release(_ model: LifeModel) -> LifeStep? {
        guard let attempt = attempt(model, where: { $0.holder != nil }) else { return nil }
        let holder = random.chance(85) ? model[attempt]?.holder : nil
        return .release(attempt, by: holder ?? claimant(), isDoubtful: random.chance(50))
    }

    mutating func record(_ model: LifeModel) -> LifeStep? {
        attempt(model) { $0.state == .submitting }.map { .record($0) }
    }

    mutating func recordAnother(_ model: LifeModel) -> LifeStep? {
        attempt(model) { !$0.labJobs.isEmpty }.map { .recordAnother($0) }
    }

    mutating func look(_ model: LifeModel) -> LifeStep? {
        attempt(model, where: \.isSought).map { .look($0, isShown: random.chance(60)) }
    }

    mutating func endClaimed(_ model: LifeModel) -> LifeStep? {
        guard let attempt = attempt(model, where: { $0.holder != nil }) else { return nil }
        let holder = random.chance(85) ? model[attempt]?.holder : nil
        let outcome: JobOutcome = random.chance(50) ? .rejected : .undeliverable
        return .endClaimed(attempt, by: holder ?? claimant(), outcome)
    }

    mutating func observe(_ model: LifeModel) -> LifeStep? {
        guard let name = labJob(model, where: { $0.state == .submitted }) else { return nil }
        let health = ["Complete", "Complete", "Complete", "Incomplete", "Canceled"].randomElement(using: &random)
        return .observe(name, health: health ?? "Complete")
    }

    /// Some at once, of whatever jobsets.
    mutating func fetch(_ model: LifeModel) -> LifeStep? {
        var names: Set<LabJobName> = []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard let name = labJob(model, where: { $0.state == .finished }) else { continue }
            names.insert(name)
        }
        guard !names.isEmpty else { return nil }
        var ends: [LabJobName: LabJobEnd] = [:]
        for name in names.sorted() {
            var end = LabJobEnd(passes: Int.random(in: 0...2, using: &random))
            end.fails = random.chance(25) ? 1 : 0
            end.isInfrastructure = random.chance(model[name]?.health == "Incomplete" ? 70 : 5)
            end.isUnfetchable = random.chance(5)
            ends[name] = end
        }
        return .fetch(ends)
    }

    mutating func finish(_ model: LifeModel) -> LifeStep? {
        var ends: [JobName: PlainEnd] = [:]
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            guard let name = job(model, where: { $0.state != .finished }) else { continue }
            let outcome = random.chance(60) ? .complete : JobOutcome.allCases.randomElement(using: &random)
            ends[name] = PlainEnd(outcome: outcome ?? .complete, fails: random.chance(20) ? 1 : 0)
        }
        return ends.isEmpty ? nil : .finish(ends)
    }

    mutating func missing(_ model: LifeModel) -> LifeStep? {
        labJob(model) { $0.state == .submitted }.map { .missing($0) }
    }

    mutating func cancelJobset(_ model: LifeModel) -> LifeStep? { .cancelJobset(jobset(model)) }

    mutating func cancelJobs(_ model: LifeModel) -> LifeStep? {
        let name = jobset(model)
        guard let jobset = model.jobsets[name] else { return .cancelJobs(name, [0]) }
        let all = random.chance(80) ? jobset.unfinished : Array(0..<jobset.jobs.count + 1)
        return .cancelJobs(name, all.filter { _ in random.chance(50) })
    }

    mutating func endUnconfirmed(_ model: LifeModel) -> LifeStep? {
        .endUnconfirmed(jobset(model) { $0.jobs.contains { $0.isCancelRequested && $0.state != .finished } })
    }

    mutating func reachDeadline(_ model: LifeModel) -> LifeStep? {
        .reachDeadline(jobset(model) { $0.isRunning && $0.deadline == .ahead })
    }

    mutating func passDeadline(_ model: LifeModel) -> LifeStep? {
        .passDeadline(batch: Int.random(in: 1...4, using: &random))
    }

    mutating func change(_ model: LifeModel) -> LifeStep? {
        var change = LifeChange()
        if random.chance(50) { change.maxFailures = .some(random.chance(70) ? limit() : nil) }
        if random.chance(30) { change.priority = Int.random(in: 0...100, using: &random) }
        if random.chance(30) { change.timeout = random.chance(70) }
        return .change(jobset(model), change)
    }

    mutating func makeDeliveries(_ model: LifeModel) -> LifeStep? {
        let name = jobset(model) { $0.deliveries.values.contains(false) }
        return random.chance(50) ? .makeReport(name) : .makeBodies(name)
    }

    mutating func retry(_ model: LifeModel) -> LifeStep? {
        let name = jobset(model) { !$0.isRunning && !$0.jobs.isEmpty }
        let selection: LifeSelection =
            switch Int.random(in: 0..<3, using: &random) {
            case 0: .failed
            case 1: .all
            default: .jobs((0..<(model.jobsets[name]?.jobs.count ?? 0) + 1).filter { _ in random.chance(30) })
            }
        return .retry(name, selection)
    }
}
