// SPDX-License-Identifier: Apache-2.0

import Testing
import Yams

@testable import LabSimulator

struct YAMLTreeTests {
    @Test("Of a key that stands there twice, the last value counts, as in LAVA") func duplicates() throws {
        #expect(try YAMLTree.compose("a: 1\nb: 2\n\"a\": 3\n").mapping?["a"]?.scalar?.string == "3")
        #expect(try YAMLTree.compose("a: 1\na: {b: 2}\n").mapping?["a"]?.mapping?["b"]?.scalar?.string == "2")
        #expect(try YAMLTree.compose("a: 1\na: 2\n").mapping?.count == 1)
    }

    @Test("Aliases are what they stand for") func aliases() throws {
        let root = try YAMLTree.compose("a: &x {b: [1, 2]}\nc: *x\n? &k d\n: *k\n")
        #expect(root.mapping?["c"]?.mapping?["b"]?.sequence?.count == 2)
        #expect(root.mapping?["d"]?.scalar?.string == "d")
    }

    @Test(
        "What PyYAML refuses is refused in its words",
        arguments: [
            ("a: *b", "found undefined alias\n  in \"<unicode string>\", line 1, column 4"),
            (
                "{[a]: 1}",
                "while constructing a mapping\n  in \"<unicode string>\", line 1, column 1\nfound unhashable key\n"
                    + "  in \"<unicode string>\", line 1, column 2"
            ),
            (
                "!!python/object:os.system x",
                "could not determine a constructor for the tag 'tag:yaml.org,2002:python/object:os.system'\n"
                    + "  in \"<unicode string>\", line 1, column 1"
            ),
            (
                "a: [}",
                "while parsing a flow node\ndid not find expected node content\n"
                    + "  in \"<unicode string>\", line 1, column 5"
            ),
        ]
    )
    func refused(text: String, words: String) {
        #expect(throws: Refusal.yaml(words)) { _ = try YAMLTree.compose(text) }
    }

    @Test("What would be huge or deep with its aliases written out is refused at once")
    func bombs() {
        for text in [
            YAMLBomb.text(for: "metadata", levels: 14, inKey: false),
            YAMLBomb.text(for: "metadata", levels: 14, inKey: true),
            YAMLBomb.deep(for: "metadata", levels: 100_000),
            "- &a0 [x]\n" + (1...2_000).map { "- &a\($0) [*a\($0 - 1)]\n" }.joined(),
        ] {
            #expect(throws: Refusal.self) { _ = try YAMLTree.compose(text) }
        }
    }
}
