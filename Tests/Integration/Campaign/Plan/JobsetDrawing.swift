// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Draws the jobsets of a campaign.
struct JobsetDrawing {
    var random: SplitMix64
    private var number = 0
    private var jobNumber = 0

    init(random: SplitMix64) { self.random = random }

    /// Jobsets up to a time in milliseconds.
    mutating func draw(until end: Int) -> [PlannedJobset] {
        var jobsets: [PlannedJobset] = []
        var at = 0
        while at < end {
            jobsets.append(jobset(at: at))
            at += random.number(200...2_200)
        }
        return jobsets
    }

    private mutating func jobset(at time: Int) -> PlannedJobset {
        number += 1
        let life = life()
        let labs = random.pick([(2, CampaignPlan.labs), (1, ["lab-a"]), (1, ["lab-b"])])
        var count = random.pick([(1, 0), (3, 1), (3, 2), (4, 12), (3, 50), (1, 300)])
        var additions: [PlannedJobset.Addition] = []
        switch life {
        case .open:
            count = min(count, 12)
            for _ in 0..<random.number(1...4) {
                let jobs = (0..<random.number(1...20)).map { _ in job(in: labs, life) }
                additions.append(.init(id: random.uuid(), jobs: jobs))
            }
        case .jobCanceled, .deadline, .failureLimit: count = max(2, min(count, 12))
        default: break
        }
        return PlannedJobset(
            at: time,
            id: random.uuid(),
            number: number,
            jobs: (0..<count).map { _ in job(in: labs, life) },
            additions: additions,
            life: life,
            retries: random.pick([(1, 0), (1, 1), (1, 2)]),
            priority: random.pick([(3, 50), (1, 0), (1, 90), (1, random.number(0...100))]),
            events: random.pick([
                (2, nil), (1, ["finished", "first_failure", "deadline", "canceled"]), (1, ["first_failure"]),
                (1, ["finished", "canceled"]),
            ]),
            isRepeated: random.chance(15)
        )
    }

    private mutating func life() -> PlannedJobset.Life {
        let after = random.number(100...3_000)
        return random.pick([
            (8, .plain), (2, .canceled(after: after)), (1, .jobCanceled(position: 0, after: after)),
            (3, .open(random.pick([.byAddition, .byCommand, .byTotal]))),
            (2, .deadline(seconds: random.number(2...5))),
            (1, .failureLimit(random.pick(["0", "2", "10%", "50%"]))),
            (2, .retried(all: random.chance(30))),
        ])
    }

    private mutating func job(in labs: [String], _ life: PlannedJobset.Life) -> PlannedJob {
        let isOutrun =
            switch life {
            case .canceled, .jobCanceled, .deadline: random.chance(40)
            default: false
            }
        if case .failureLimit = life, random.chance(30) { return job(.broken, in: labs) }
        if isOutrun { return job(.long, in: labs) }
        let kind: PlannedJob.Kind = random.pick([
            (20, .good), (2, .failing(random.number(1...3))), (1, .broken),
            (1, .unlucky(times: random.number(1...3))), (1, .refused), (1, .group),
        ])
        return job(kind, in: labs)
    }

    private mutating func job(_ kind: PlannedJob.Kind, in labs: [String]) -> PlannedJob {
        jobNumber += 1
        return PlannedJob(
            kind: kind,
            lab: random.pick(labs),
            run: random.number(0...400),
            name: "campaign-\(jobNumber)"
        )
    }
}
