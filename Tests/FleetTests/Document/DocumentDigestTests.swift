// SPDX-License-Identifier: Apache-2.0

import Fleet
import TestSupport
import Testing

@Suite("The digest of a jobset document")
struct DocumentDigestTests {
    @Test("Another spelling of the same document has the same digest")
    func spelling() throws {
        let spellings = [
            #"{"build":"/g/p/v","jobs":[{"environment":"e","backend":"lab-a","definition":"a: 1"}],"callback_url":"http://a","labels":{"x":"1","y":"2"}}"#,
            #" { "labels" : {"y": "2", "\u0078": "1"}, "callback": {"headers": {}, "url": "http:\/\/a"}, "jobs": [ {"definition": "a:\u0020\u0031", "backend": "lab-a", "environment": "e"} ], "build": "/g/p/v" } "#,
        ]
        let digests = try spellings.map { try Documents.read($0).digest }
        #expect(digests[0] == digests[1])
    }

    @Test("Read without keeping the definitions it is the same document")
    func withoutDefinitions() throws {
        let jobs = #"""
            [{"environment": "e", "backend": "lab-a", "definition" :  "a: \u00e9\n# \ud83d\ude00"},
            {"backend": "lab-a", "lab_job": 7, "environment": "e"},
            {"definition": "b: 2", "environment": "f", "backend": "lab-a"}]
            """#
        for text in [
            #"{"jobs": \#(jobs), "build": "/g/p/v", "callback_url": "http://a"}"#,
            #"{"jobs": \#(jobs), "jobset": "7b5c1b1e-8f39-4d5c-9a0e-0d0f5b0e4c11"}"#,
        ] {
            let whole = try IncomingDocument.read(Array(text.utf8), knownBackends: ["lab-a"])
            let checked = try IncomingDocument.read(
                Array(text.utf8),
                knownBackends: ["lab-a"],
                keepsDefinitions: false
            )
            #expect(checked.digest == whole.digest)
            #expect(Self.jobs(of: whole).map(\.definition) == ["a: é\n# 😀", "", "b: 2"])
            #expect(Self.jobs(of: checked).map(\.definition) == ["", "", ""])
            #expect(Self.jobs(of: checked).map(\.labJob) == [nil, 7, nil])
        }
    }

    private static func jobs(of document: IncomingDocument) -> [JobEntry] {
        switch document {
        case .jobset(let jobset): jobset.jobs
        case .addition(let addition): addition.jobs
        }
    }

    @Test("Any change of meaning changes the digest")
    func changes() throws {
        let job = JobEntry(environment: "e", backend: "b", definition: "d")
        let build = try #require(Build("/g/p/v"))
        let other = try #require(Build("/g/p/w"))
        let callback = CallbackRequest(url: "u", headers: ["a": "bc"])
        let variants: [JobsetDocument] = [
            JobsetDocument(build: build, jobs: []),
            JobsetDocument(build: other, jobs: []),
            JobsetDocument(build: build, jobs: [job]),
            JobsetDocument(build: build, jobs: [job, job]),
            JobsetDocument(build: build, jobs: [JobEntry(environment: "eb", backend: "", definition: "d")]),
            JobsetDocument(build: build, jobs: [JobEntry(environment: "e", backend: "bd", definition: "")]),
            JobsetDocument(build: build, jobs: [JobEntry(environment: "e", backend: "", definition: "bd")]),
            JobsetDocument(build: build, callback: callback, jobs: []),
            JobsetDocument(build: build, callback: CallbackRequest(url: "u"), jobs: []),
            JobsetDocument(build: build, callback: CallbackRequest(url: "u", headers: ["ab": "c"]), jobs: []),
            JobsetDocument(build: build, jobs: [], labels: ["a": "b"]),
            JobsetDocument(build: build, jobs: [], labels: ["a": "", "b": ""]),
            JobsetDocument(build: build, jobs: [], retries: 1),
            JobsetDocument(build: build, jobs: [], retries: 2),
            JobsetDocument(build: build, jobs: [], isOpen: true),
            JobsetDocument(build: build, jobs: [], isOpen: true, declaredTotal: 2),
            JobsetDocument(build: build, jobs: [], timeout: .seconds(2)),
            JobsetDocument(build: build, jobs: [], maxFailures: .count(2)),
            JobsetDocument(build: build, jobs: [], maxFailures: .percent(2)),
            JobsetDocument(build: build, jobs: [], priority: 2),
            JobsetDocument(build: build, callback: CallbackRequest(url: "u", events: [.canceled]), jobs: []),
        ]
        #expect(Set(variants.map(\.digest)).count == variants.count)
    }

    @Test("One changed letter in any job changes the digest", arguments: 0..<40)
    func mutations(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var jobs = (0..<5).map { JobEntry(environment: "env\($0)", backend: "lab-a", definition: "name: job\($0)") }
        let build = try #require(Build("/g/p/v"))
        let before = JobsetDocument(build: build, jobs: jobs).digest
        let index = jobs.indices.randomElement(using: &random) ?? 0
        var letters = Array(jobs[index].definition.unicodeScalars)
        let place = letters.indices.randomElement(using: &random) ?? 0
        letters[place] = letters[place] == "z" ? "y" : "z"
        jobs[index].definition = String(String.UnicodeScalarView(letters))
        #expect(JobsetDocument(build: build, jobs: jobs).digest != before)
    }
}
