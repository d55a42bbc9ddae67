// SPDX-License-Identifier: Apache-2.0

import Fleet
import TestSupport
import Testing

@Suite("Priority, retries and timeout of a job in a document")
struct JobTermsTests {
    private static func document(_ rest: String) -> String {
        Documents.with(jobs: #"[{"environment": "e", "backend": "lab-a", "definition": "a: 1"\#(rest)}]"#)
    }

    @Test("They are read as they are given, and a job that gives none is as before")
    func read() throws {
        let all = #", "priority": 80, "retries": 0, "timeout": {"running": 3600, "queued": 7200}"#
        let job = try #require(try Documents.read(Self.document(all)).jobs.first)
        #expect(job.priority == 80 && job.retries == 0)
        #expect(job.timeout == JobTimeout(queued: 7_200, running: 3_600))
        let plain = try #require(try Documents.read(Self.document("")).jobs.first)
        #expect(plain.priority == 50 && plain.retries == nil && plain.timeout == nil)
    }

    @Test("Each changes the digest, and the usual priority does not")
    func digest() throws {
        let plain = try Documents.read(Self.document("")).digest
        #expect(try Documents.read(Self.document(#", "priority": 50"#)).digest == plain)
        let others = try [
            #", "priority": 51"#, #", "retries": 0"#, #", "retries": 1"#, #", "timeout": {"queued": 1}"#,
            #", "timeout": {"running": 1}"#, #", "timeout": {"queued": 1, "running": 1}"#,
        ].map { try Documents.read(Self.document($0)).digest }
        #expect(Set(others + [plain]).count == others.count + 1)
    }

    @Test(
        "What is wrong is told with its place",
        arguments: [
            (#", "priority": 101"#, "/jobs/0/priority", "from 0 to 100"),
            (#", "priority": "high""#, "/jobs/0/priority", "must be a number, not a string"),
            (#", "retries": 11"#, "/jobs/0/retries", "from 0 to 10"),
            (#", "retries": -1"#, "/jobs/0/retries", "from 0 to 10"),
            (#", "timeout": 3600"#, "/jobs/0/timeout", "must be an object, not a number"),
            (#", "timeout": {}"#, "/jobs/0/timeout", "says nothing"),
            (#", "timeout": {"running": 0}"#, "/jobs/0/timeout/running", "from 1 to 31536000"),
            (#", "timeout": {"running": "1h"}"#, "/jobs/0/timeout/running", "must be a number"),
            (#", "timeout": {"runing": 1}"#, "/jobs/0/timeout/runing", #"did you mean "running"?"#),
            (#", "timeout": {"running": 1, "running": 2}"#, "/jobs/0/timeout/running", "more than once"),
            (#", "after": [0]"#, "/jobs/0/after", "run independently of one another"),
        ]
    )
    func faults(_ rest: String, _ pointer: String, _ reason: String) throws {
        let faults = Documents.faults(Self.document(rest))
        #expect(faults.count == 1)
        let fault = try #require(faults.first)
        #expect(fault.pointer == pointer)
        #expect(fault.reason.contains(reason), "\(fault)")
    }

    @Test("No job can have more than its lab allows, whichever of its keys comes first")
    func bounds() throws {
        var limits = DocumentLimits()
        limits.labTimeouts = ["lab-a": JobTimeout(running: 600), "lab-b": JobTimeout(queued: 5)]
        limits.maximumRetries = 3
        let jobs = #"""
            [{"timeout": {"queued": 9999, "running": 601}, "environment": "e", "backend": "lab-a", "definition": "a: 1"},
            {"environment": "e", "backend": "lab-a", "definition": "a: 1", "timeout": {"running": 600}},
            {"environment": "e", "backend": "lab-b", "definition": "a: 1", "timeout": {"queued": 6}, "retries": 4}]
            """#
        let faults = Documents.faults(Documents.with(jobs: jobs), limits)
        #expect(faults.map(\.pointer) == ["/jobs/0/timeout/running", "/jobs/2/retries", "/jobs/2/timeout/queued"])
        #expect(faults.first?.reason == "must not be more than 600, the running_limit_seconds of lab-a")
        #expect(faults.last?.reason == "must not be more than 5, the queued_limit_seconds of lab-b")
    }

    @Test("A job that its lab has already is neither submitted nor tried again, so it can only have a timeout")
    func watched() {
        let job = #"{"environment": "e", "backend": "lab-a", "lab_job": 7, "timeout": {"running": 60}"#
        #expect(Documents.faults(Documents.with(jobs: "[\(job)}]")).isEmpty)
        let faults = Documents.faults(Documents.with(jobs: #"[\#(job), "priority": 9, "retries": 1}]"#))
        #expect(faults.map(\.pointer) == ["/jobs/0/priority", "/jobs/0/retries"])
        #expect(faults.allSatisfy { $0.reason.contains("the lab has it already") })
    }
}
