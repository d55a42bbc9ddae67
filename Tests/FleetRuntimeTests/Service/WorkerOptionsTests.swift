// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FleetRuntime

@Suite("A worker's options")
struct WorkerOptionsTests {
    @Test("The few options there are are understood, in either spelling")
    func understood() throws {
        #expect(try WorkerOptions.parse([]).get() == WorkerOptions())
        #expect(try WorkerOptions.parse(["--config", "a"]).get().configFile == "a")
        #expect(
            try WorkerOptions.parse(["--config=a", "--check"]).get() == WorkerOptions(action: .check, configFile: "a")
        )
        #expect(try WorkerOptions.parse(["-h"]).get().action == .help)
        #expect(try WorkerOptions.parse(["--version"]).get().action == .version)
    }

    @Test("What makes no sense is refused", arguments: [["--config"], ["--config", ""], ["x"], ["--verbose"]])
    func refused(_ arguments: [String]) {
        #expect(throws: WorkerOptions.Problem.self) { try WorkerOptions.parse(arguments).get() }
    }
}
