// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import TestSupport
import Testing

/// From the lab to KernelCI's database.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct KCIDBJobsetTests {
    @Test("the example of the documentation: tests of a lab become tests of a KCIDB, and known failures incidents")
    func example() async throws {
        try await CallbackReceiver.with { database in
            let yaml = try #require(try DocumentedCode.blocks(of: "docs/kcidb.md", in: "yaml").first)
            // The file of the token is not there.
            let lines = yaml.split(separator: "\n").filter { $0.hasPrefix("    kcidb_") && !$0.contains("_token_file") }
                .map { $0.trimmingCharacters(in: .whitespaces) }
            let keys = lines.joined(separator: ", ")
                .replacing("https://db.example.org/submit", with: database.url)
            let issue = #"known_issues: {ours: {test: "case_*", reason: "a bug of ours"}}"#
            try await TestFleet.with(settings: ["projects": ["group/project": "{\(keys), \(issue)}"]]) { fleet in
                try fleet.startAll()
                let id = try await fleet.publish(
                    try fleet.document([TestFleet.definition(["sim.pass": "2", "sim.fail": "1"])])
                )
                _ = try await fleet.waitUntilFinished(id)
                try await eventually("the database has it") { database.received.count == 1 }
                let body = String(decoding: try #require(database.received.first).body, as: UTF8.self)
                #expect(try KCIDBCheck.problems(body) == [])
                let parts = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] ?? [:]
                let tests = parts["tests"] as? [[String: Any]] ?? []
                #expect(tests.compactMap { $0["status"] as? String }.sorted() == ["FAIL", "PASS", "PASS"])
                #expect((parts["incidents"] as? [Any])?.count == 1 && (parts["issues"] as? [Any])?.count == 1)
            }
        }
    }
}
