// SPDX-License-Identifier: Apache-2.0

import Fleet
import Labs
import Testing

@testable import Watcher

@Suite("Whether results confirm that a job has finished")
struct FinishConfirmationTests {
    private func isConfirmed(_ health: String, by status: ResultStatus) -> Bool {
        FinishConfirmation.isConfirmed(health, by: LabVerdict(status: status))
    }

    @Test(
        "They do where the job's own case agrees with what was told",
        arguments: [("Complete", ResultStatus.pass), ("Incomplete", .fail), ("Canceled", .fail)]
    )
    func agreeing(_ health: String, _ result: ResultStatus) {
        #expect(isConfirmed(health, by: result))
    }

    @Test(
        "They do not where it says another thing, or none",
        arguments: [
            ("Complete", ResultStatus.fail), ("Incomplete", .pass), ("Canceled", .pass), ("Complete", .unknown),
            ("Complete", .skip), ("Incomplete", .unknown), ("Canceled", .skip), ("Unknown", .pass), ("Unknown", .fail),
            ("", .pass), ("complete", .pass),
        ]
    )
    func contradicting(_ health: String, _ result: ResultStatus) {
        #expect(!isConfirmed(health, by: result))
    }

    @Test("They do not without the job's own case", arguments: ["Complete", "Incomplete", "Canceled", "Unknown", ""])
    func missing(_ health: String) {
        #expect(!FinishConfirmation.isConfirmed(health, by: nil))
    }

    @Test("Results that could not be read are counted in words, and none is no complaint")
    func complaint() {
        var found = ResultFetch.Found()
        #expect(FinishConfirmation.complaint(about: found, of: 7) == nil)
        (found.unreadable, found.fault) = (1, "no \"name\" in \"\"")
        #expect(
            FinishConfirmation.complaint(about: found, of: 7)
                == "1 result of lab job 7 could not be read: no \"name\" in \"\""
        )
        found.unreadable = 2
        #expect(FinishConfirmation.complaint(about: found, of: 7)?.hasPrefix("2 results of lab job 7") == true)
    }
}
