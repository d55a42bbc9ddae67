// SPDX-License-Identifier: Apache-2.0

import Fleet
import Testing

@testable import ExternalLabs

@Suite("KTAP and TAP")
struct KTAPReaderTests {
    private func read(_ text: String, maximum: Int = 100) -> (tests: [ResultRow], faults: [String]) {
        var list = TestList(rules: ReportRules(maximumTests: maximum))
        KTAPReader.read(text, into: &list, at: "/ktap")
        return (list.tests, list.faults.map(\.description))
    }

    @Test("Nested results are in the suite of their parents")
    func kunit() {
        let (tests, faults) = read(
            """
            [    1.0] random: crng init done
            KTAP version 1
            1..2
              KTAP version 1
              # Subtest: ext4
              1..2
                KTAP version 1
                # Subtest: inode
                ok 1 - create
                not ok 2 - remove # of /tmp
              not ok 1 - inode
              ok 2 - mount # SKIP no device
            not ok 1 - ext4
            ok 2 - single
            # done
            """
        )
        #expect(faults.isEmpty)
        #expect(
            tests.map { "\($0.suite)/\($0.name)" } == [
                "ext4.inode/create", "ext4.inode/remove", "ext4/mount", "ktap/single",
            ]
        )
        #expect(tests.map(\.status) == [.pass, .fail, .skip, .pass])
    }

    @Test("What may be left out of a result line is left out, and nothing else begins as one")
    func forms() {
        let lines = [
            "ok 1abc", "ok 1 -foo", "ok 7 -", "ok 12", "ok - x", "not ok 3 y", "okay", "ok2 z", "not  ok z", "ok-z",
            "OK 1 z",
        ]
        let (tests, _) = read(lines.joined(separator: "\n"))
        #expect(tests.map(\.name) == ["1abc", "-foo", "test 7", "test 12", "x", "y"])
        #expect(tests.map(\.status) == [.pass, .pass, .pass, .pass, .pass, .fail])
    }

    @Test("Directives are read in any case, and numbers may be missing")
    func directives() {
        let (tests, faults) = read(
            """
            TAP version 13
            ok a b
            not ok 2 c # todo later
            not ok 3 - d # XFAIL
            ok 4 # skip
            not ok - e # TIMEOUT 45
            """
        )
        #expect(faults.isEmpty)
        #expect(tests.map(\.name) == ["a b", "c", "d", "test 4", "e"])
        #expect(tests.map(\.status) == [.pass, .skip, .skip, .skip, .fail])
    }

    @Test("A parent that fails by itself is a test of its own")
    func parent() {
        let (tests, _) = read("KTAP version 1\n  ok 1 a\nnot ok 1 p\n")
        #expect(tests.map { "\($0.suite)/\($0.name)/\($0.status)" } == ["p/a/pass", "ktap/p/fail"])
    }

    @Test(
        "What is no KTAP, or was broken off, is refused",
        arguments: [
            ("", "is no KTAP"), ("hello\nworld", "is no KTAP"),
            ("1..2\nok 1 a\nBail out! no space", "Bail out! no space"),
        ]
    )
    func wrong(_ text: String, _ expected: String) {
        #expect(read(text).faults.contains { $0.contains(expected) }, "\(read(text).faults)")
    }

    @Test("Depth and number are bounded")
    func bounds() {
        let deep = String(repeating: " ", count: 2_000_000)
        #expect(read("1..1\n\(deep)ok 1 a").faults == ["/ktap: is nested more than 64 deep"])
        let many = (0...100).map { "ok \($0) t" }.joined(separator: "\n")
        #expect(read(many).faults.first == "/ktap: has more than 100 tests")
    }

    @Test("An empty run is a run")
    func empty() {
        #expect(read("KTAP version 1\n1..0").faults.isEmpty)
    }
}
