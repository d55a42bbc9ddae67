// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Jobsets of all shapes while workers are killed, servers restarted and wiped, connections cut and labs ill, judged by
/// an independent checker. It runs alone, since everybody else's servers are the same ones.
///
/// `MUSTER_CAMPAIGN_SECONDS` and `MUSTER_CAMPAIGN_SEED` order another than the short ones of the suite. The time limit is
/// for campaigns of several hours.
@Suite(.serialized, .timeLimit(.minutes(600)))
struct FaultCampaignDisruptiveTests {
    static let plans: [CampaignPlan] = {
        func number(_ name: String) -> UInt64? { ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } }
        let seconds = number("MUSTER_CAMPAIGN_SECONDS").map { Int(clamping: $0) }
        let seed = number("MUSTER_CAMPAIGN_SEED")
        guard seconds != nil || seed != nil else { return [CampaignPlan(seed: 4, seconds: 35)] }
        return [CampaignPlan(seed: seed ?? .random(in: 1...999_999), seconds: max(5, seconds ?? 35))]
    }()

    @Test("Whatever fails, every jobset comes to one true end and says so once", arguments: plans)
    func campaign(plan: CampaignPlan) async throws {
        let replay = "make faults ARGS=\"--seconds \(plan.seconds) --seed \(plan.seed)\""
        print("fault campaign: seed \(plan.seed), \(plan.seconds) s; again: \(replay)")
        if ProcessInfo.processInfo.environment["MUSTER_CAMPAIGN_PRINT"] != nil { print(plan) }
        try await TestFleet.with(
            labs: CampaignPlan.labs,
            labOptions: FaultCampaign.labOptions,
            settings: FaultCampaign.settings
        ) { fleet in
            let (history, tally) = try await FaultCampaign.run(plan, in: fleet)
            print("fault campaign: seed \(plan.seed), what was done:\n\(tally)")
            let violations = CampaignChecker.check(history)
            print("fault campaign: seed \(plan.seed), \(violations.count) violations")
            for violation in violations.prefix(100) { print("  \(violation)") }
            // Thrown, so that the fleet's files stay.
            if !violations.isEmpty { throw CampaignFailed(seed: plan.seed, violations: violations) }
        }
    }

    struct CampaignFailed: Error, CustomStringConvertible {
        let seed: UInt64
        let violations: [Violation]
        var description: String {
            "seed \(seed): \(violations.count) violations, such as: "
                + violations.prefix(5).map(\.description).joined(separator: "; ")
        }
    }
}

extension CampaignPlan: CustomTestStringConvertible {
    var testDescription: String { "seed \(seed), \(seconds) s" }
}
