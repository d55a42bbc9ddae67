// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Testing

@testable import ExternalLabs

@Suite("Test runs of SQUAD's clients")
struct TestRunReaderTests {
    private func read(
        tests: String? = nil,
        metrics: String? = nil,
        metadata: String? = nil,
        fields: [String: String] = [:]
    ) throws -> ReportedResult {
        try TestRunReader.read(
            tests: tests,
            metrics: metrics,
            metadata: metadata,
            fields: fields,
            rules: ReportRules(maximumTests: 100)
        )
    }

    @Test("Tests, metrics and metadata are read as SQUAD reads them")
    func all() throws {
        let result = try read(
            tests: #"{"boot/login": "pass", "a/b/c": {"result": "fail", "log": "x"}, "alone": "xfail", "n": null}"#,
            metrics: #"{"boot/time": 1.5, "m/list": [1, 2, 3], "m/unit": {"value": "7", "unit": "ms"}}"#,
            metadata: #"{"job_id": 17, "job_status": "Incomplete", "job_url": "https://x.example/17", "other": {}}"#
        )
        #expect(result.outcome == .incomplete && result.reason == "reported as Incomplete")
        #expect(result.run == "17" && result.url == "https://x.example/17")
        #expect(
            result.tests.map { "\($0.suite)|\($0.name)|\($0.status)|\($0.measurement ?? "")|\($0.units ?? "")" } == [
                "boot|login|pass||", "a/b|c|fail||", "/|alone|skip||", "/|n|skip||", "boot|time|pass|1.5|",
                "m|list|pass|2.0|", "m|unit|pass|7|ms",
            ]
        )
    }

    @Test("Without metadata the form's own fields count, and nothing is needed")
    func fields() throws {
        let result = try read(fields: ["job_id": "a b", "job_status": "canceled"])
        #expect(result.outcome == .canceled && result.run == "a b" && result.tests.isEmpty)
        #expect(try read() == ReportedResult(outcome: .complete))
        #expect(try read(metadata: "{}", fields: ["job_id": "x"]).run == nil)
    }

    @Test(
        "Names are taken apart as SQUAD does",
        arguments: [
            ("a/b", "a", "b"), ("a", "/", "a"), ("a/b/c", "a/b", "c"), ("/a", "/", "a"),
            ("s/x[some/test/variant]", "s", "x[some/test/variant]"), ("s/t/x[y]", "s/t", "x[y]"),
        ]
    )
    func names(_ key: String, _ suite: String, _ name: String) {
        let parts = TestRunReader.parts(of: key)
        #expect(parts.suite == suite && parts.name == name)
    }

    @Test(
        "What SQUAD refuses is refused",
        arguments: [
            (#"["a"]"#, nil, nil, "tests is not valid JSON"), ("{", nil, nil, "tests is not valid JSON"),
            (nil, #"{"a": "x"}"#, nil, "a is not a number"), (nil, #"{"a": [1, "b"]}"#, nil, "a is not a number"),
            (nil, nil, "[]", "metadata is not valid JSON"),
            (nil, nil, #"{"job_id": "a/b"}"#, "job_id cannot contain"),
            (nil, nil, #"{"job_id": []}"#, "job_id should be an integer or a string"),
            (nil, nil, #"{"job_url": "ftp://x"}"#, "url must begin with http:// or https://"),
            (#"{"lava/x": "pass"}"#, nil, nil, "is the name of LAVA's own suite"),
        ] as [(String?, String?, String?, String)]
    )
    func wrong(_ tests: String?, _ metrics: String?, _ metadata: String?, _ expected: String) {
        let error = #expect(throws: TestRunReader.Invalid.self) {
            try read(tests: tests, metrics: metrics, metadata: metadata)
        }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }
}
