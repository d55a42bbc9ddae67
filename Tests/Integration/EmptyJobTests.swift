// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Testing

/// A lab's `Complete` is no green by itself.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct EmptyJobsetTests {
    @Test("a job that brings nothing, one whose step failed and one without a suite are told of in every form")
    func everyForm() async throws {
        try await TestFleet.with { fleet in
            try fleet.startAll()
            let id = try await fleet.publish(
                try fleet.document(
                    [
                        TestFleet.definition(["sim.pass": "0"]),
                        TestFleet.definition(["sim.pass": "2", "sim.fail_step": "file-download"]),
                        TestFleet.definition(["sim.pass": "2"]),
                    ],
                    emptyJobs: .incomplete
                )
            )
            let jobset = try await fleet.waitUntilFinished(id)
            #expect(jobset.verdict == .incomplete)
            #expect(jobset.verdictWords.line == "incomplete, 2 of 3 jobs missing")
            try await fleet.waitForCallback(of: id)
            let data = try #require(fleet.receiver.received.first?.json["data"] as? [String: Any])
            #expect(data["verdict"] as? String == "incomplete" && data["missing"] as? Int == 2)
            try await eventually("the report") { try await fleet.store.storedReport(jobsetID: id) != nil }
            let report = try #require(try await fleet.store.storedReport(jobsetID: id))
            for format in ReportFormat.allCases where !format.isOptional {
                let text = try #require(report[format])
                #expect(text.contains("it completed without a result of its own"), "\(format)")
                #expect(text.contains("step file-download failed, though it completed"), "\(format)")
            }
        }
    }
}
