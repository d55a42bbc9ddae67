// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Labs that carry out what their clients have given up long ago: one is starved of the processor, and one stands behind
/// a front that holds some requests. Whatever is made twice is found, canceled and counted nowhere.
///
/// `MUSTER_CAMPAIGN_SLOW_FRONTS` orders the large one, with Muster's own limits in place of the short ones of the suite.
@Suite(.serialized, .timeLimit(.minutes(60)))
struct SlowFrontTests {
    struct Scale: Sendable, CustomTestStringConvertible {
        let jobs: Int
        /// How long a job runs: longer than it takes to find one that is too many.
        let run: Int
        /// One request in so many is held for so many milliseconds, and one submission in so many for longer.
        let every: Int
        let hold: Int
        let rareEvery: Int
        let rareKind: String
        let longHold: Int
        /// For how long one lab has the processor, and has not, in milliseconds.
        let running: Int
        let stopped: Int
        let seconds: Int
        let requestTimeout: Int
        let settle: Int
        let secondLook: Int

        var testDescription: String { "\(jobs) jobs" }

        static let quick = Scale(
            jobs: 40,
            run: 40_000,
            every: 8,
            hold: 3_000,
            rareEvery: 6,
            // However slow the machine is, it comes after the second one.
            rareKind: "holdUntilRepeat",
            longHold: 60_000,
            running: 500,
            stopped: 3_500,
            seconds: 12,
            requestTimeout: 2,
            settle: 1,
            secondLook: 15
        )

        /// 30 s for a request and 10 s to settle are the defaults.
        static let full = Scale(
            jobs: 3_000,
            run: 420_000,
            every: 50,
            hold: 50_000,
            rareEvery: 90,
            rareKind: "holdRequest",
            longHold: 100_000,
            running: 2_000,
            stopped: 38_000,
            seconds: 300,
            requestTimeout: 30,
            settle: 10,
            secondLook: 120
        )

        static let ordered: Scale =
            ProcessInfo.processInfo.environment["MUSTER_CAMPAIGN_SLOW_FRONTS"] == nil ? .quick : .full

        var settings: [String: [String: String]] {
            var settings = FaultCampaign.settings
            settings["backend"] = ["request_timeout_seconds": "\(requestTimeout)", "maximum_in_flight": "\(jobs)"]
            settings["submitter"] = ["server_error_tries": "1000", "doubt_settle_seconds": "\(settle)"]
            settings["watcher"]?["second_look_seconds"] = "\(secondLook)"
            // It is long over when the last look has been made.
            settings["watcher"]?["cancel_limit_seconds"] = "600"
            return settings
        }

        var plan: CampaignPlan {
            let jobs = (0..<jobs).map { number in
                PlannedJob(
                    kind: .good,
                    lab: CampaignPlan.labs[number % 2],
                    run: run,
                    name: "slow-front-\(number)"
                )
            }
            let size = max(1, jobs.count / 6)
            let jobsets = stride(from: 0, to: jobs.count, by: size).enumerated().map { number, start in
                PlannedJobset(
                    at: 500 + number * 200,
                    id: UUID(),
                    number: number + 1,
                    jobs: Array(jobs[start..<min(jobs.count, start + size)]),
                    additions: [],
                    life: .plain,
                    retries: 0,
                    priority: 50,
                    events: nil,
                    isRepeated: false
                )
            }
            return CampaignPlan(seconds: seconds, jobsets: jobsets, faults: faults)
        }

        private var faults: [PlannedFault] {
            let submissions = #""match": {"method": "POST", "path": "jobs/"}"#
            return [
                PlannedFault(
                    at: 0,
                    lane: .labs,
                    fault: .order(
                        "lab-b",
                        #"{\#(submissions), "kind": "\#(rareKind)", "delay_ms": \#(longHold), "every": \#(rareEvery)}"#
                    )
                ),
                PlannedFault(
                    at: 0,
                    lane: .labs,
                    fault: .order("lab-b", #"{"kind": "holdRequest", "delay_ms": \#(hold), "every": \#(every)}"#)
                ),
                PlannedFault(
                    at: 1_000,
                    lane: .labs,
                    fault: .starve("lab-a", running: running, stopped: stopped, (seconds - 1) * 1_000)
                ),
            ]
        }
    }

    @Test("What slow labs make twice is found, canceled and counted nowhere", arguments: [Scale.ordered])
    func slowFronts(scale: Scale) async throws {
        try await TestFleet.with(
            labs: CampaignPlan.labs,
            labOptions: ["--devices", "sim=\(scale.jobs * 2)"],
            settings: scale.settings
        ) { fleet in
            let limit = Duration.milliseconds(scale.run + scale.longHold) + .seconds(scale.secondLook + 600)
            let (history, tally) = try await FaultCampaign.run(scale.plan, in: fleet, settleLimit: limit)
            print("slow fronts, what was done:\n\(tally)")
            let violations = CampaignChecker.check(history)
            for violation in violations.prefix(100) { print("  \(violation)") }
            let made = history.labs.values.reduce(0) { $0 + $1.jobs.count }
            let (attempts, surplus) = (history.rows.attempts.count, history.rows.surplus.count)
            #expect(attempts == scale.jobs)
            #expect(made == attempts + surplus)
            // The front alone sees to that.
            #expect(surplus > 0)
            // Thrown, so that the fleet's files stay.
            if !violations.isEmpty {
                throw FaultCampaignDisruptiveTests.CampaignFailed(seed: 0, violations: violations)
            }
        }
    }
}
