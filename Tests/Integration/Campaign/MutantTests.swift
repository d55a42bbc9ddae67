// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Synchronization
import Testing

/// Shows that the checker of campaigns sees what it should: each mistake, built into all workers, is found in a small
/// campaign that gives it occasion, and the same campaign without it is clean.
@Suite(.serialized, .timeLimit(.minutes(20)))
struct MutantTests {
    struct Trial: Sendable, CustomTestStringConvertible {
        let mutant: Mutant
        let plan: CampaignPlan
        /// What it leads to: one of these, at least.
        let leadsTo: Set<Violation.Kind>
        /// How long its campaign may take to come to an end.
        var settle = Duration.seconds(15)

        var testDescription: String { mutant.rawValue }
    }

    static let trials = [
        // Two workers are to die with a jobset in hand; nobody else has it then. Jobsets still come when a worker that
        // dies is there, on a busy machine as well.
        Trial(
            mutant: .ackBeforeCommit,
            plan: CampaignPlan(
                seconds: 15,
                jobsets: (1...8).map { jobset($0, at: 500 + 1_500 * $0, jobs: Array(repeating: .good, count: 2)) },
                faults: [0, 4_000].map { fault($0, .workers, .arm(.ingest, "ingest.received")) }
            ),
            leadsTo: [.lost]
        ),
        // An end whose commit was answered by nobody is written down once more. There are such commits for long enough, on a
        // busy machine as well.
        Trial(
            mutant: .decrementOnRepeat,
            plan: CampaignPlan(
                seconds: 15,
                jobsets: [jobset(1, at: 300, jobs: Array(repeating: .refused, count: 40) + [.long])],
                faults: (1...35).map { fault(400 * $0, .network, .loseCommits(3)) }
            ),
            leadsTo: [.counter, .finishedEarly, .unfinished, .messagesLeft]
        ),
        // The lab is to have met its orders before faults are over, on a busy machine as well.
        Trial(
            mutant: .noTagLookUp,
            plan: CampaignPlan(
                seconds: 15,
                jobsets: [jobset(1, at: 500, jobs: Array(repeating: .good, count: 10))],
                faults: [
                    fault(
                        0,
                        .labs,
                        .order(
                            "lab-a",
                            #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "cutAfterAccept", "count": 4}"#
                        )
                    )
                ]
            ),
            leadsTo: [.submittedTwice]
        ),
        // A front delivers what was given up and has been sent again.
        Trial(
            mutant: .noSecondLook,
            plan: CampaignPlan(
                seconds: 15,
                jobsets: [jobset(1, at: 500, jobs: Array(repeating: .good, count: 10))],
                faults: [
                    fault(
                        0,
                        .labs,
                        .order(
                            "lab-a",
                            #"{"match": {"method": "POST", "path": "jobs/"}, "kind": "holdUntilRepeat", "count": 2}"#
                        )
                    )
                ]
            ),
            leadsTo: [.submittedTwice],
            // It is sent again only after its doubt has settled.
            settle: .seconds(40)
        ),
        // Two watchers count down one jobset at the same time.
        Trial(
            mutant: .readThenWriteCounter,
            plan: CampaignPlan(
                seconds: 3,
                jobsets: (1...4).map { jobset($0, at: 200, jobs: Array(repeating: .good, count: 150)) },
                faults: []
            ),
            leadsTo: [.counter]
        ),
    ]

    @Test("a mistake that is built in is found", arguments: trials)
    func found(trial: Trial) async throws {
        let kinds = Set(try await Self.violations(of: trial.plan, trial.mutant, settle: trial.settle).map(\.kind))
        #expect(!kinds.isDisjoint(with: trial.leadsTo), "found \(kinds)")
    }

    @Test("without it the same campaign is clean", arguments: trials)
    func clean(trial: Trial) async throws {
        let violations = try await Self.violations(of: trial.plan, nil, settle: .seconds(120))
        #expect(violations.isEmpty)
    }

    private static func violations(
        of plan: CampaignPlan,
        _ mutant: Mutant?,
        settle: Duration
    ) async throws -> [Violation] {
        let found = Mutex<[Violation]>([])
        try await TestFleet.with(
            labs: CampaignPlan.labs,
            labOptions: FaultCampaign.labOptions,
            settings: FaultCampaign.settings
        ) { fleet in
            let (history, _) = try await FaultCampaign.run(plan, in: fleet, mutant: mutant, settleLimit: settle)
            let violations = CampaignChecker.check(history)
            found.withLock { $0 = violations }
        }
        return found.withLock { $0 }
    }

    private static func fault(_ at: Int, _ lane: PlannedFault.Lane, _ fault: CampaignFault) -> PlannedFault {
        PlannedFault(at: at, lane: lane, fault: fault)
    }

    private static func jobset(_ number: Int, at: Int, jobs: [PlannedJob.Kind]) -> PlannedJobset {
        PlannedJobset(
            at: at,
            id: UUID(),
            number: number,
            jobs: jobs.enumerated().map { place, kind in
                PlannedJob(
                    kind: kind,
                    lab: kind == .good ? CampaignPlan.labs[place % 2] : "lab-a",
                    run: 20,
                    name: "mutant-\(number)-\(place)"
                )
            },
            additions: [],
            life: .plain,
            retries: 0,
            priority: 50,
            events: nil,
            isRepeated: false
        )
    }
}
