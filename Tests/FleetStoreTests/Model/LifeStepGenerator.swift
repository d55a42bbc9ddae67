// SPDX-License-Identifier: Apache-2.0

import Fleet
import TestSupport

/// Makes up what happens next: mostly what makes sense as things stand, and now and then something else, late or twice.
struct LifeStepGenerator: Sendable {
    var random: SplitMix64
    /// How many jobsets there are.
    static let jobsets = 3

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// How often each kind comes up.
    private static let kinds: [(weight: Int, make: @Sendable (inout Self, LifeModel) -> LifeStep?)] = [
        (5, { $0.accept($1) }), (8, { $0.add($1) }), (4, { $0.seal($1) }), (1, { $0.sealForgotten($1) }),
        (14, { $0.claim($1) }), (3, { $0.giveBack($1) }), (3, { $0.release($1) }), (14, { $0.record($1) }),
        (2, { $0.recordAnother($1) }), (3, { $0.look($1) }), (2, { $0.endClaimed($1) }),
        (12, { $0.observe($1) }), (16, { $0.fetch($1) }), (7, { $0.finish($1) }), (2, { $0.missing($1) }),
        (2, { $0.cancelJobset($1) }), (3, { $0.cancelJobs($1) }), (2, { $0.endUnconfirmed($1) }),
        (2, { $0.reachDeadline($1) }), (2, { $0.passDeadline($1) }), (3, { $0.change($1) }),
        (5, { $0.makeDeliveries($1) }), (9, { $0.retry($1) }), (1, { _, _ in .finishMissed }),
    ]
    private static let weight = kinds.map(\.weight).reduce(0, +)

    mutating func next(for model: LifeModel) -> LifeStep {
        if model.jobsets.isEmpty || random.chance(3) { return accept(model) }
        while true {
            var point = Int.random(in: 0..<Self.weight, using: &random)
            for kind in Self.kinds {
                point -= kind.weight
                guard point < 0 else { continue }
                if let step = kind.make(&self, model) { return step }
                break
            }
        }
    }

    mutating func steps(_ number: Int) -> [LifeStep] {
        var model = LifeModel()
        return (0..<number).map { _ in
            let step = next(for: model)
            _ = model.apply(step)
            return step
        }
    }
}

/// What a step is about.
extension LifeStepGenerator {
    /// A jobset that fits, if there is one and all goes well.
    mutating func jobset(_ model: LifeModel, where fits: (ModelJobset) -> Bool = \.isRunning) -> Int {
        let fitting = model.jobsets.filter { fits($0.value) }.keys.sorted()
        if let name = fitting.randomElement(using: &random), random.chance(90) { return name }
        return Int.random(in: 0..<Self.jobsets, using: &random)
    }

    mutating func job(_ model: LifeModel, where fits: (ModelJob) -> Bool) -> JobName? {
        let all = model.jobsets.flatMap { name, jobset in
            jobset.jobs.indices.map { JobName(jobset: name, position: $0) }
        }.sorted()
        return pick(all) { model[$0].map(fits) ?? false }
    }

    mutating func attempt(_ model: LifeModel, where fits: (ModelAttempt) -> Bool) -> AttemptName? {
        let all = model.jobsets.flatMap { name, jobset in
            jobset.jobs.enumerated().flatMap { position, job in
                job.attempts.indices.map {
                    AttemptName(job: JobName(jobset: name, position: position), number: $0 + 1)
                }
            }
        }.sorted()
        return pick(all) { model[$0].map(fits) ?? false }
    }

    mutating func labJob(_ model: LifeModel, where fits: (ModelLabJob) -> Bool) -> LabJobName? {
        pick(labJobs(of: model)) { model[$0].map(fits) ?? false }
    }

    func labJobs(of model: LifeModel) -> [LabJobName] {
        model.jobsets.flatMap { name, jobset in
            jobset.jobs.enumerated().flatMap { position, job in
                job.attempts.enumerated().flatMap { index, attempt in
                    let attemptName = AttemptName(job: JobName(jobset: name, position: position), number: index + 1)
                    return attempt.labJobs.indices.map { LabJobName(attempt: attemptName, member: $0) }
                }
            }
        }.sorted()
    }

    mutating func pick<Name>(_ all: [Name], where fits: (Name) -> Bool) -> Name? {
        let fitting = all.filter(fits)
        if let name = fitting.randomElement(using: &random), random.chance(90) { return name }
        // Something that does not fit, but not too often.
        return random.chance(40) ? all.randomElement(using: &random) : nil
    }

    mutating func claimant() -> Int { Int.random(in: 1...2, using: &random) }
}
