// SPDX-License-Identifier: Apache-2.0

import Fleet
import Testing

@Suite("What is wrong with a jobset document")
struct DocumentFaultTests {
    static func check(_ one: FaultCase, _ limits: DocumentLimits = DocumentLimits()) {
        let faults = Documents.faults(one.document, limits)
        #expect(faults.count == 1, "\(faults)")
        #expect(faults.first?.pointer == one.pointer)
        #expect(faults.first?.value == one.value)
        #expect(faults.first?.reason.contains(one.reason) == true, "\(faults)")
    }

    @Test("Keys are refused by name", arguments: FaultCase.keys)
    func key(_ one: FaultCase) { Self.check(one) }

    @Test("A build that is none is told from one that is", arguments: FaultCase.builds)
    func build(_ one: FaultCase) { Self.check(one) }

    @Test("A job's fault names the job", arguments: FaultCase.jobs)
    func job(_ one: FaultCase) { Self.check(one) }

    @Test("A definition's fault says where and quotes nothing", arguments: FaultCase.definitions)
    func definition(_ one: FaultCase) { Self.check(one) }

    @Test("A URL's fault shows neither a password nor a query", arguments: FaultCase.urls)
    func url(_ one: FaultCase) { Self.check(one) }

    @Test("A callback's or label's fault names the member", arguments: FaultCase.callbacks)
    func callback(_ one: FaultCase) { Self.check(one) }

    @Test("Broken JSON is placed by line and column", arguments: FaultCase.syntax)
    func syntax(_ one: FaultCase) {
        let last = Documents.faults(one.document).last
        #expect(last?.pointer == "")
        #expect(last?.reason.contains(one.reason) == true, "\(String(describing: last))")
    }

    @Test("Bytes that are not UTF-8 are refused with their place, UTF-16 among them")
    func encoding() {
        let broken: [[UInt8]] = [Array("{\n\"a\": \"".utf8) + [0xFF, 0x22, 0x7D], [0xFF, 0xFE, 0x7B, 0, 0x7D, 0]]
        for (bytes, place) in zip(broken, ["line 2, column 7", "line 1, column 1"]) {
            let error = #expect(throws: DocumentFaults.self) { try Documents.read(bytes) }
            #expect(error?.faults.map(\.reason) == ["is not UTF-8 at \(place)"])
        }
        let wide = Array("{}".utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(throws: DocumentFaults.self) { try Documents.read(wide) }
    }

    @Test("All faults are said at once, in the order of the document")
    func allAtOnce() {
        let text = """
            {"build": "x", "jobs": [{"environment": "", "backend": "nowhere"}, {"environment": "e", "definition": "[", "colour": 1}],
             "callback_url": "gopher://a", "labels": []}
            """
        #expect(
            Documents.faults(text).map(\.pointer) == [
                "/build", "/jobs/0/environment", "/jobs/0/backend", "/jobs/0/definition", "/jobs/1/definition",
                "/jobs/1/colour", "/jobs/1/backend", "/callback_url", "/labels",
            ]
        )
    }

    @Test("Faults found before broken JSON are not lost")
    func faultsBeforeBrokenJSON() {
        #expect(Documents.faults(#"{"build": 1, "jobs": ["#).map(\.pointer) == ["/build", ""])
    }

    @Test("At most so many faults are listed, and the last says how many are not")
    func manyFaults() {
        var limits = DocumentLimits()
        limits.maximumFaults = 10
        let faults = Documents.faults(
            Documents.with(jobs: "[" + Array(repeating: "1", count: 25).joined(separator: ",") + "]"),
            limits
        )
        #expect(faults.count == 11)
        #expect(faults.last == Fault(pointer: "", reason: "has 15 more faults, not listed here"))
    }

    @Test("Each limit is kept and named")
    func limits() {
        var limits = DocumentLimits()
        limits.maximumJobs = 1
        limits.maximumDefinitionBytes = 5
        limits.maximumLabels = 1
        limits.maximumHeaders = 1
        limits.maximumURLBytes = 10
        let job = #"{"environment": "e", "backend": "lab-a", "definition": "abc: 1"}"#
        let text = Documents.with(
            jobs: "[\(job), \(job)]",
            rest:
                #", "labels": {"a": "", "b": ""}, "callback": {"url": "http://abcdefg", "headers": {"A": "", "B": ""}}"#
        )
        #expect(
            Documents.faults(text, limits).map(\.description) == [
                "/jobs/0/definition: has 6 bytes; the limit is 5", "/jobs: has 2 jobs; the limit is 1",
                "/labels: has 2 labels; the limit is 1",
                "/callback/url: has 14 bytes; the limit is 10 (found \"http://abcdefg\")",
                "/callback/headers: has 2 headers; the limit is 1",
            ]
        )
        limits.maximumDocumentBytes = 20
        #expect(Documents.faults(text, limits).map(\.reason) == ["has \(text.utf8.count) bytes; the limit is 20"])
    }
}
