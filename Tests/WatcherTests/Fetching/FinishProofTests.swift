// SPDX-License-Identifier: Apache-2.0

import LAVA
import Testing

@testable import Watcher

@Suite("Whether results bear out that a job has finished")
struct FinishProofTests {
    private func isBorneOut(_ health: String, by result: LAVAResult.Outcome) -> Bool {
        FinishProof.isBorneOut(health, by: LAVAResult(suite: "lava", suiteNumber: 1, name: "job", result: result))
    }

    @Test(
        "They do where the job's own case agrees with what was told",
        arguments: [("Complete", LAVAResult.Outcome.pass), ("Incomplete", .fail), ("Canceled", .fail)]
    )
    func agreeing(_ health: String, _ result: LAVAResult.Outcome) {
        #expect(isBorneOut(health, by: result))
    }

    @Test(
        "They do not where it says another thing, or none",
        arguments: [
            ("Complete", LAVAResult.Outcome.fail), ("Incomplete", .pass), ("Canceled", .pass), ("Complete", .unknown),
            ("Complete", .skip), ("Incomplete", .unknown), ("Canceled", .skip), ("Unknown", .pass), ("Unknown", .fail),
            ("", .pass), ("complete", .pass),
        ]
    )
    func contradicting(_ health: String, _ result: LAVAResult.Outcome) {
        #expect(!isBorneOut(health, by: result))
    }

    @Test("They do not without the job's own case", arguments: ["Complete", "Incomplete", "Canceled", "Unknown", ""])
    func missing(_ health: String) {
        #expect(!FinishProof.isBorneOut(health, by: nil))
    }
}
