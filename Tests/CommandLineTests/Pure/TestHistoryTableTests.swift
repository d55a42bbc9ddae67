// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Testing

@testable import CommandLine

@Suite("The table of a test's history")
struct TestHistoryTableTests {
    @Test("Each environment has a letter for each jobset, the oldest first")
    func letters() {
        let statuses: [ResultStatus?] = [.fail, .xfail, nil, .skip, .unknown, .pass]
        let runs = statuses.enumerated().map { place, status in
            PastResult(id: UUID(), version: "v\(6 - place)", createdAt: .now, status: status)
        }
        let history = TestHistory(
            suite: "ltp",
            test: "fcntl14",
            environments: [EnvironmentHistory(environment: "qemu", jobsets: runs)]
        )
        let lines = TestHistoryCommand.table(history).lines(on: .plain)
        #expect(lines == ["ENVIRONMENT\tFAILED\tJOBSETS\tLATEST", "qemu\t2 of 3\tPUS-XF\tv6"])
    }
}
