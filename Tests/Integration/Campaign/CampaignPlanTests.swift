// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

struct CampaignPlanTests {
    @Test("The same seed gives the same plan, another seed another")
    func replay() {
        let plan = CampaignPlan(seed: 7, seconds: 60)
        #expect("\(plan)" == "\(CampaignPlan(seed: 7, seconds: 60))")
        #expect("\(plan)" != "\(CampaignPlan(seed: 8, seconds: 60))")
        #expect(plan.jobsets.count > 20 && plan.faults.count > 50)
    }

    @Test(
        "The numbers of SplitMix64 are those of its author",
        arguments: [
            [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F] as [UInt64]
        ]
    )
    func numbers(known: [UInt64]) {
        var random = SplitMix64(seed: 0)
        #expect((0..<3).map { _ in random.next() } == known)
    }

    @Test("A short campaign restarts and wipes each server once", arguments: 1...20)
    func servers(seed: UInt64) {
        let plan = CampaignPlan(seed: seed, seconds: 35)
        let servers = plan.faults.filter { $0.lane == .servers }.map(\.fault.sort).sorted()
        #expect(servers == ["restarts of postgres", "restarts of rabbitmq", "wipes of the broker"])
    }
}
