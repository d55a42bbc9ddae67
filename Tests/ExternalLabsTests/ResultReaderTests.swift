// SPDX-License-Identifier: Apache-2.0

import Fleet
import FleetStore
import Testing

@testable import ExternalLabs

@Suite("What is reported of a job")
struct ResultReaderTests {
    static let rules = ReportRules(maximumTests: 5)

    private func read(_ text: String, _ rules: ReportRules = Self.rules) throws -> ReportedResult {
        try ResultReader.read(Array(text.utf8), rules: rules)
    }

    private func faults(_ text: String, _ rules: ReportRules = Self.rules) -> [String] {
        do {
            _ = try read(text, rules)
            return []
        } catch {
            return (error as? ReportFaults)?.faults.map(\.description) ?? ["\(error)"]
        }
    }

    @Test("Every key is read")
    func all() throws {
        let result = try read(
            """
            {"outcome": "incomplete", "reason": "no space left", "infrastructure": true, "attempt": 2,
             "url": "https://ci.example.com/run/17?x=1", "tests": [
               {"suite": "boot", "name": "login", "result": "pass", "measurement": 1.50, "units": "s"},
               {"name": "ping", "result": "fail"}, {"suite": "boot", "name": "x", "result": "skip", "measurement": "-3"}
             ]}
            """
        )
        #expect(result.outcome == .incomplete && result.reason == "no space left" && result.isInfrastructure)
        #expect(result.attempt == 2 && result.url == "https://ci.example.com/run/17?x=1" && result.run == nil)
        #expect(result.tests.map(\.suite) == ["boot", "tests", "boot"])
        #expect(result.tests.map(\.suiteNumber) == [1, 2, 1])
        #expect(result.tests.map(\.status) == [.pass, .fail, .skip])
        #expect(result.tests.map(\.measurement) == ["1.50", nil, "-3"])
        #expect(result.tests.map(\.units) == ["s", nil, nil])
    }

    @Test("An outcome alone is enough", arguments: ReportedOutcome.allCases)
    func outcomes(_ outcome: ReportedOutcome) throws {
        let result = try read(#"{"outcome": "\#(outcome.rawValue)"}"#)
        #expect(result == ReportedResult(outcome: outcome.outcome))
    }

    @Test(
        "What is wrong is named with its place",
        arguments: [
            ("", "the document: is not valid JSON"), ("[]", "must be a JSON object"), ("{}", "/outcome: is missing"),
            (#"{"outcome": "passed"}"#, "/outcome: must be one of complete, incomplete, canceled"),
            (#"{"outcome": 1}"#, "/outcome: must be a string"),
            (#"{"outcome": "complete"} x"#, "more text follows"),
            (#"{"outcome": "complete", "outcome": "complete"}"#, "/outcome: is there more than once"),
            (#"{"outcome": "complete", "log": "x"}"#, "/log: is not a key of a result; known: attempt"),
            (#"{"outcome": "complete", "attempt": 0}"#, "/attempt: must be a whole number from 1"),
            (#"{"outcome": "complete", "attempt": 1.5}"#, "/attempt: must be a whole number from 1"),
            (#"{"outcome": "complete", "attempt": 99999999999999999999}"#, "/attempt: must be a whole number from 1"),
            (#"{"outcome": "complete", "infrastructure": true}"#, "/infrastructure: is only for the outcome"),
            (#"{"outcome": "complete", "url": "javascript:alert(1)"}"#, "/url: must begin with http:// or https://"),
            (#"{"outcome": "complete", "url": "https://u:p@h/"}"#, "/url: must not hold a user or a password"),
            (#"{"outcome": "complete", "reason": "a\u0000b"}"#, "/reason: has a NUL character"),
            (#"{"outcome": "complete", "tests": {}}"#, "/tests: must be a list of tests"),
            (#"{"outcome": "complete", "tests": ["a"]}"#, "/tests/0: must be an object"),
            (#"{"outcome": "complete", "tests": [{"result": "pass"}]}"#, "/tests/0/name: is missing"),
            (#"{"outcome": "complete", "tests": [{"name": "a"}]}"#, "/tests/0/result: is missing"),
            (#"{"outcome": "complete", "tests": [{"name": "", "result": "pass"}]}"#, "/tests/0/name: is empty"),
            (
                #"{"outcome": "complete", "tests": [{"name": "a", "result": "ok"}]}"#,
                "/tests/0/result: must be one of pass, fail, skip, unknown"
            ),
            (
                #"{"outcome": "complete", "tests": [{"name": "a", "result": "pass", "measurement": "1,5"}]}"#,
                "/tests/0/measurement: must be a decimal number"
            ),
            (
                #"{"outcome": "complete", "tests": [{"suite": "lava", "name": "a", "result": "pass"}]}"#,
                "/tests/0/suite: is the name of LAVA's own suite"
            ),
            (
                #"{"outcome": "complete", "tests": [], "junit": "<testsuite/>"}"#,
                "/tests: must not be given together with \"junit\""
            ),
        ]
    )
    func wrong(_ text: String, _ expected: String) {
        #expect(faults(text).contains { $0.contains(expected) }, "\(faults(text))")
    }

    @Test("All faults are told at once, up to a limit")
    func many() {
        #expect(faults(#"{"outcome": 1, "url": 2, "attempt": "x"}"#).count == 3)
        let tests = (0..<50).map { _ in #"{"name": ""}"# }.joined(separator: ",")
        let found = faults(
            #"{"outcome": "complete", "tests": [\#(tests)]}"#,
            ReportRules(maximumTests: 1_000, maximumFaults: 7)
        )
        #expect(found.count == 7)
    }

    @Test("Too many tests are refused, and named once")
    func tooMany() {
        let tests = (0..<6).map { #"{"name": "t\#($0)", "result": "pass"}"# }.joined(separator: ",")
        #expect(faults(#"{"outcome": "complete", "tests": [\#(tests)]}"#) == ["/tests: has more than 5 tests"])
    }

    @Test("What is no UTF-8, or nested too deep, is refused")
    func hostile() throws {
        #expect(throws: ReportFaults.self) { try ResultReader.read([0x7B, 0xFF, 0x7D], rules: Self.rules) }
        let deep = String(repeating: "[", count: 100_000)
        #expect(faults(#"{"outcome": "complete", "x": \#(deep)"#).contains { $0.contains("nested more than") })
        #expect(faults(#"{"outcome": "complete", "tests": [\#(deep)"#).contains { $0.contains("nested more than") })
    }

    @Test("Names that are too long are refused")
    func long() {
        let name = String(repeating: "n", count: ReportRules.nameLength + 1)
        #expect(
            faults(#"{"outcome": "complete", "tests": [{"name": "\#(name)", "result": "pass"}]}"#)
                .contains { $0.hasPrefix("/tests/0/name: has more than 1000 characters") }
        )
    }

    @Test(
        "Numbers with an exponent are written out",
        arguments: [("1e3", "1000"), ("1.5e-3", "0.0015"), ("-2E2", "-200")]
    )
    func exponents(_ text: String, _ plain: String) {
        #expect(TestList.decimal(text) == plain)
    }

    @Test("A number that no measurement can be is none", arguments: ["1e999", "1e-400x", "NaN", "0x10", "1e50000"])
    func noNumbers(_ text: String) {
        #expect(TestList.decimal(text) == nil)
    }
}
