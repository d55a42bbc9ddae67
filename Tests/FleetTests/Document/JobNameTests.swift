// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Fleet

@Suite("What a job is called")
struct JobNameTests {
    @Test(
        "job_name of a definition is read as LAVA's loader reads it",
        arguments: [
            ("job_name: ltp\ndevice_type: x", "ltp"), ("# a comment\n---\njob_name: 'ltp: fs'\n", "ltp: fs"),
            (#"{"device_type": "x", "job_name": "ltp \u00e9"}"#, "ltp é"),
            ("\u{FEFF}job_name: ltp", "ltp"), ("a: {job_name: inner}\njob_name: outer", "outer"),
            ("a: [job_name, {job_name: inner}]\n? [b]\n: c\njob_name: outer\n", "outer"),
            ("job_name: one\njob_name: two", "two"), ("x: &n ltp\njob_name: *n", "ltp"),
            ("job_name: >\n  two\n  lines\n", "two lines"), ("job_name: 6.10", "6.10"),
            ("job_name: \"a\\u0007\\u202eb\"", "a\u{FFFD}\u{FFFD}b"),
            ("job_name:", nil), ("job_name: ~", nil), ("job_name: '  '", nil), ("job_name: [a]", nil),
            ("device_type: x", nil), ("- job_name: x", nil), ("a: {job_name: inner}", nil), ("just text", nil),
            ("", nil),
            ("metadata: {x: job_name}\nother: job_name", nil),
        ] as [(String, String?)]
    )
    func definition(text: String, name: String?) {
        #expect(JobName.of(text) == name)
    }

    @Test("A long name is cut, and what an author gives in the document comes first")
    func given() {
        let long = JobName.of("job_name: " + String(repeating: "x", count: 300))
        #expect(long?.unicodeScalars.count == 200 && long?.hasSuffix("…") == true)
        var entry = JobEntry(environment: "e", backend: "b", definition: "job_name: a")
        #expect(entry.givenName == "a")
        entry.name = "b"
        #expect(entry.givenName == "b")
    }

    @Test("A name is part of what a document means")
    func digest() throws {
        func digest(_ more: String) throws -> [UInt8] {
            let job = #"{"environment": "e", "backend": "lab-a", "definition": "job_name: a"\#(more)}"#
            return try Documents.read(Documents.with(jobs: "[\(job)]")).digest
        }
        #expect(try digest(#", "name": "a""#) != digest(""))
        #expect(try digest(#", "name": "a""#) != digest(#", "name": "b""#))
    }
}
