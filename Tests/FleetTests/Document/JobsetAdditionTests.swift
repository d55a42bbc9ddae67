// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Testing

@Suite("Open jobsets and what is added to them")
struct JobsetAdditionTests {
    static let id = "7e2b8a8f-5d0b-4c3e-9b9f-0a6e1b2c3d4e"
    static let job = #"{"environment": "e", "backend": "lab-a", "definition": "a: 1"}"#

    private func addition(_ rest: String) throws -> JobsetAddition {
        let text = #"{"jobset": "\#(Self.id)"\#(rest)}"#
        guard case .addition(let addition) = try IncomingDocument.read(Array(text.utf8), knownBackends: ["lab-a"])
        else { throw Other() }
        return addition
    }

    private struct Other: Error {}

    @Test("An addition names its jobset, its jobs, and perhaps the seal and the total")
    func reads() throws {
        let plain = try addition(#", "jobs": [\#(Self.job)]"#)
        #expect(plain.jobsetID == UUID(uuidString: Self.id))
        #expect(plain.jobs == [JobEntry(environment: "e", backend: "lab-a", definition: "a: 1")])
        #expect(!plain.seals)
        #expect(plain.declaredTotal == nil)
        let last = try addition(#", "seal": true, "total": 7"#)
        #expect(last.jobs.isEmpty)
        #expect(last.seals)
        #expect(last.declaredTotal == 7)
    }

    @Test("Every change of meaning changes an addition's digest")
    func digests() throws {
        let variants = [
            #", "jobs": [\#(Self.job)]"#, #", "jobs": [\#(Self.job), \#(Self.job)]"#,
            #", "jobs": [\#(Self.job)], "seal": true"#, #", "jobs": [\#(Self.job)], "total": 3"#, #", "seal": true"#,
        ]
        let digests = try variants.map { try addition($0).digest }
        #expect(Set(digests).count == variants.count)
        #expect(try addition(#", "seal": false, "jobs": [\#(Self.job)]"#).digest == digests[0])
    }

    @Test("An addition may bring a callback, in our words or in SQUAD's, and nothing else")
    func callback() throws {
        let plain = try addition(#", "callback": {"url": "https://a.example"}"#)
        let squad = try addition(#", "callback_url": "https://a.example", "callback_record_response": "False""#)
        #expect(plain.callback == CallbackRequest(url: "https://a.example"))
        #expect(squad.digest == plain.digest)
        #expect(plain.jobs.isEmpty)
        let text = #"{"jobset": "\#(Self.id)", "callback": {"url": "https://a"}, "callback_url": "https://b"}"#
        let faults = #expect(throws: DocumentFaults.self) {
            try IncomingDocument.read(Array(text.utf8), knownBackends: [])
        }
        #expect(faults?.faults.map(\.pointer) == ["/callback_url"])
    }

    @Test("A job is submitted or watched, by its lab's number")
    func labJob() throws {
        func job(_ rest: String) -> String { #", "jobs": [{"environment": "e", "backend": "lab-a"\#(rest)}]"# }
        let text = try addition(job(#", "lab_job": "1234""#))
        #expect(text.jobs == [JobEntry(environment: "e", backend: "lab-a", definition: "", labJob: 1234)])
        #expect(try addition(job(#", "lab_job": 1234"#)).digest == text.digest)
        #expect(try addition(job(#", "lab_job": 1235"#)).digest != text.digest)
        for wrong in [
            #""01""#, #""1.0""#, #""x""#, "0", "-1", "2147483648", "1.5", "null", #"1, "definition": "a: 1""#,
        ] {
            let document = #"{"jobset": "\#(Self.id)"\#(job(#", "lab_job": \#(wrong)"#))}"#
            let faults = #expect(throws: DocumentFaults.self, "\(wrong)") {
                try IncomingDocument.read(Array(document.utf8), knownBackends: ["lab-a"])
            }
            #expect(faults?.faults.map(\.pointer) == ["/jobs/0/lab_job"])
        }
    }

    @Test("An addition is no jobset")
    func noJobset() {
        let faults = Documents.faults(#"{"jobset": "\#(Self.id)", "jobs": []}"#)
        #expect(faults.map(\.pointer) == ["/jobset"])
    }

    @Test("A jobset document says how it lives")
    func life() throws {
        let document = try Documents.read(
            Documents.with(
                rest: """
                    , "open": true, "total": 4, "timeout": 3600, "max_failures": "10%", "priority": 80,
                    "callback": {"url": "http://a", "events": ["canceled", "finished"]}
                    """
            )
        )
        #expect(document.isOpen)
        #expect(document.declaredTotal == 4)
        #expect(document.timeout == .seconds(3600))
        #expect(document.maxFailures == .percent(10))
        #expect(document.priority == 80)
        #expect(document.callback?.events == [.finished, .canceled])
        let plain = try Documents.read(Documents.with(rest: #", "max_failures": 0"#))
        #expect(plain.maxFailures == .count(0))
        #expect(plain.priority == JobsetDocument.defaultPriority)
        #expect(!plain.isOpen)
    }

    @Test("The end alone is what a callback is for when nothing else is said, and that is one document")
    func events() throws {
        let plain = try Documents.read(Documents.with(rest: #", "callback_url": "http://a""#))
        let said = try Documents.read(
            Documents.with(rest: #", "callback": {"url": "http://a", "events": ["finished"]}"#)
        )
        #expect(said == plain)
    }

    @Test(
        "A limit of failures is beyond when more have failed",
        arguments: [
            ("0", 0, 10, false), ("0", 1, 10, true), ("2", 2, 10, false), ("2", 3, 10, true), ("50%", 5, 10, false),
            ("50%", 6, 10, true), ("0%", 1, 1_000_000, true), ("100%", 10, 10, false), ("33%", 1, 3, true),
        ]
    )
    func limit(text: String, failures: Int, total: Int, isExceeded: Bool) throws {
        let limit = try #require(FailureLimit(text))
        #expect(limit.isExceeded(by: failures, of: total) == isExceeded)
        #expect("\(limit)" == text)
    }

    @Test("What is no limit is refused", arguments: ["", "%", "-1", "1.5", "101%", "1 %", "99999999999", "+3"])
    func noLimit(text: String) {
        #expect(FailureLimit(text) == nil)
    }
}
