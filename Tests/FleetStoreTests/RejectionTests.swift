// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Foundation
import Postgres
import Testing

@Suite("Rejected documents", .timeLimit(.minutes(10)))
struct RejectionTests {
    private static let problem = Problem.invalidDocument([Fault(pointer: "/jobs", reason: "is missing")])

    @Test("A refused document is kept with its faults and the beginning of its body")
    func kept() async throws {
        try await TestStore.with { test in
            try await test.store.recordRejection(
                messageID: "m-1",
                digest: [1, 2, 3],
                problem: Self.problem,
                body: [0, 255, 10, 7],
                keepBytes: 3
            )
            let rejected = try #require(try await test.store.rejectedDocuments(limit: 10).first)
            #expect(rejected.messageID == "m-1")
            #expect(rejected.times == 1)
            #expect(rejected.problem == Self.problem)
            #expect(rejected.bodyBytes == 4)
            #expect(try await test.store.rejectedBody(id: rejected.id) == [0, 255, 10])
            #expect(try await test.store.rejectedBody(id: rejected.id + 1) == nil)
        }
    }

    @Test("The same message again is the same row, counted up; another is another, listed first")
    func again() async throws {
        try await TestStore.with { test in
            for digest: [UInt8] in [[1], [1], [2], [1]] {
                try await test.store.recordRejection(
                    messageID: nil,
                    digest: digest,
                    problem: Self.problem,
                    body: digest,
                    keepBytes: 100
                )
            }
            let all = try await test.store.rejectedDocuments(limit: 10)
            #expect(all.map(\.times) == [1, 3])
            #expect(try await test.store.rejectedDocuments(limit: 1).map(\.id) == [all[0].id])
        }
    }

    @Test("Faults with a NUL in them, which PostgreSQL cannot store, are stored all the same")
    func nul() async throws {
        try await TestStore.with { test in
            let body = Array(#"{"build": "/a/b/\u0000", "jo\u0000bs": [], "jobs": [{"backend": "\u0000"}]}"#.utf8)
            let faults = try #require(throws: DocumentFaults.self) {
                _ = try JobsetDocument.read(body, knownBackends: ["lab-a"])
            }
            try await test.store.recordRejection(
                messageID: nil,
                digest: [1],
                problem: .invalidDocument(faults.faults),
                body: body,
                keepBytes: 1000
            )
            let rejected = try #require(try await test.store.rejectedDocuments(limit: 1).first)
            #expect(rejected.problem.errors == faults.faults)
            #expect(try await test.store.rejectedBody(id: rejected.id) == body)
        }
    }
}
