// SPDX-License-Identifier: Apache-2.0

import LAVA
import TestSupport
import Testing

@testable import LabSimulator

@Suite("The code of the library's page", .timeLimit(.minutes(10)))
struct DocumentationTests {
    @Test("It is the code of this folder")
    func page() throws {
        let code = try ["RunJob", "SubmitOnce"].map { name in
            try DocumentedCode.code(of: "Tests/LAVATests/Documentation/\(name).swift")
        }
        #expect(try DocumentedCode.blocks(of: "Sources/LAVA/LAVA.docc/LAVA.md") == code)
    }

    @Test("A job's results come back")
    func results() async throws {
        try await withLab { lab in
            let definition = SimulatedLab.definition(["pass": "2", "fail": "1", "suite": "smoke"])
            let outcomes = try await run(definition, in: lab.client.lab)
            #expect(outcomes["lava/job"] == .pass)
            #expect(outcomes.filter { $0.key.contains("smoke") }.values.filter { $0 == .pass }.count == 2)
            #expect(outcomes.filter { $0.key.contains("smoke") }.values.filter { $0 == .fail }.count == 1)
        }
    }

    @Test("A job that the lab took without an answer is found, and one that it did not take is not")
    func doubt() async throws {
        try await withLab { lab in
            for (kind, number) in [(Fault.Kind.cutAfterAccept, 1), (.cutBeforeAccept, nil)] {
                var fault = Fault(kind)
                fault.count = 1
                _ = lab.simulator.faults.add(fault)
                let found = try await submitOnce(SimulatedLab.definition(), by: lab.client, settle: .milliseconds(100))
                #expect(found == number)
            }
            #expect(lab.jobCount == 1)
        }
    }
}
