// SPDX-License-Identifier: Apache-2.0

import Fleet
import Testing

@testable import ExternalLabs

@Suite("JUnit XML")
struct JUnitReaderTests {
    private func read(_ text: String, maximum: Int = 100) -> (tests: [ResultRow], faults: [String]) {
        var list = TestList(rules: ReportRules(maximumTests: maximum))
        JUnitReader.read(text, into: &list, at: "/junit")
        return (list.tests, list.faults.map(\.description))
    }

    @Test("What pytest writes is read")
    func pytest() {
        let (tests, faults) = read(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4">
            <testcase classname="tests.test_a" name="test_pass" time="0.001" />
            <testcase classname="tests.test_a" name="test_fail" time="0.1"><failure message="assert 1 == 2">E &lt;x&gt;
            </failure></testcase>
            <testcase classname="tests.test_b" name="test_skip"><skipped type="pytest.skip" message="no">x</skipped></testcase>
            <testcase classname="tests.test_b" name="test[a/b]"><error message="setup"/><system-out>…</system-out></testcase>
            </testsuite></testsuites>
            """
        )
        #expect(faults.isEmpty)
        #expect(tests.map(\.name) == ["test_pass", "test_fail", "test_skip", "test[a/b]"])
        #expect(tests.map(\.suite) == ["tests.test_a", "tests.test_a", "tests.test_b", "tests.test_b"])
        #expect(tests.map(\.status) == [.pass, .fail, .skip, .fail])
        #expect(tests.allSatisfy { $0.measurement == nil })
    }

    @Test("A test without a class is in its suite, also in a nested one")
    func nested() {
        let (tests, faults) = read(
            """
            <testsuite name="outer"><testsuite name="inner"><testcase name="a"/></testsuite><testcase name="b"/></testsuite>
            """
        )
        #expect(faults.isEmpty)
        #expect(tests.map(\.suite) == ["inner", "outer"])
        #expect(read("<testsuite><testcase name='a'/></testsuite>").tests.map(\.suite) == ["junit"])
        #expect(read("<testsuites/>").faults.isEmpty)
    }

    @Test(
        "What is no JUnit XML is refused with a reason",
        arguments: [
            ("", "is empty"), ("x", "is not well-formed XML"), ("<html/>", "is no JUnit XML"),
            ("<testsuite>", "is not well-formed XML"), ("<testsuite></testsuites>", "is not well-formed XML"),
            ("<testsuite/><testsuite/>", "is not well-formed XML"),
            ("<testsuite>&nope;</testsuite>", "is not well-formed XML"),
            ("<testsuite><testcase/></testsuite>", "/junit/0/name: is empty"),
        ]
    )
    func wrong(_ text: String, _ expected: String) {
        #expect(read(text).faults.contains { $0.contains(expected) }, "\(read(text).faults)")
    }

    @Test(
        "Nothing with a document type is parsed: neither entities that expand nor entities from elsewhere",
        arguments: [
            "<!DOCTYPE t [<!ENTITY a \"b\">]><testsuite>&a;</testsuite>",
            "<!doctype t SYSTEM \"http://127.0.0.1:1/x\"><testsuite/>",
            "<?xml version=\"1.0\"?>\n<!DOCTYPE t [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><testsuite name=\"&x;\"/>",
        ]
    )
    func entities(_ text: String) {
        let (tests, faults) = read(text)
        #expect(tests.isEmpty && faults.count == 1)
        #expect(faults.first?.contains("must not have a document type") == true, "\(faults)")
    }

    @Test(
        "Another encoding, which could hide one, is refused",
        arguments: ["UTF-7", "UTF-16", "IBM037", "iso-8859-1"]
    )
    func encodings(_ encoding: String) {
        let (_, faults) = read("<?xml version='1.0' encoding='\(encoding)'?><testsuite/>")
        #expect(faults == ["/junit: must be encoded as UTF-8"])
    }

    @Test("Depth and number are bounded")
    func bounds() {
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(read("<testsuite>\(deep)").faults == ["/junit: is nested more than 64 deep"])
        let many = String(repeating: "<testcase name='t'/>", count: 101)
        #expect(read("<testsuite>\(many)</testsuite>").faults == ["/junit: has more than 100 tests"])
        #expect(read("<testsuite>\(many.dropFirst("<testcase name='t'/>".count))</testsuite>").faults.isEmpty)
    }
}
