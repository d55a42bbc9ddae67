// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Testing

@Suite("muster rejected")
struct RejectedTests {
    @Test("Refused documents are listed, shown with every fault, and given back")
    func list() async throws {
        try await TestFleet.with { fleet in
            #expect(try await fleet.muster("rejected").errors == "there are no refused documents\n")
            let problem = Problem.invalidDocument([
                Fault(pointer: "/build", reason: "is missing"), Fault(pointer: "/jobs", reason: "is missing"),
            ])
            for _ in 0..<2 {
                try await fleet.store.recordRejection(
                    messageID: "m\u{1B}[2J",
                    digest: [1],
                    problem: problem,
                    body: Array("{ }".utf8),
                    keepBytes: 100
                )
            }
            let list = try await fleet.muster("rejected")
            #expect(list.output.contains("1\t"))
            #expect(list.output.hasSuffix("\t2\t3\t2\t/build: is missing\n"))
            let one = try await fleet.muster("rejected", "1")
            #expect(one.output.contains("message id\tm\u{FFFD}[2J\n"))
            #expect(one.output.hasSuffix("  /build: is missing\n  /jobs: is missing\n"))
            #expect(try await fleet.muster("rejected", "1", "--body").output == "{ }")
            #expect(try await fleet.muster("rejected", "1", "--output", "json").output.contains("\"times\" : 2"))
            #expect(try await fleet.muster("rejected", "99").status == 2)
        }
    }
}
