// SPDX-License-Identifier: Apache-2.0

import Fleet
import Testing

@Suite("What two lists of scopes have in common")
struct ScopesInBothTests {
    @Test(
        "The narrower of each pair that overlaps",
        arguments: [
            (["*"], ["*"], ["*"]), (["*"], ["a/*", "b/c"], ["a/*", "b/c"]), (["a/*"], ["a/x", "b/x"], ["a/x"]),
            (["a/x", "b/*"], ["b/y", "a/*"], ["a/x", "b/y"]), (["a/x"], ["a/y"], []), ([], ["*"], []),
        ]
    )
    func common(_ some: [String], _ others: [String], _ expected: [String]) {
        let common = ProjectScope.inBoth(some.compactMap { ProjectScope($0) }, others.compactMap { ProjectScope($0) })
        #expect(common.map(\.description).sorted() == expected)
    }
}
