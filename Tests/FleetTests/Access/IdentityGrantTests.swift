// SPDX-License-Identifier: Apache-2.0

import Fleet
import Foundation
import Testing

@Suite("Grants by the claims of an identity")
struct IdentityGrantTests {
    private static let claims = IdentityClaims([
        "sub": .text("42"), "groups": .list([.text("board-farm"), .text("kernel-team"), .list([.text("nested")])]),
        "ref_protected": .truth(true), "run_number": .number(7), "share": .number(0.5), "nothing": .null,
        "realm_access": .object(["roles": .list([.text("tester")])]), "a.b": .text("with a dot"),
        "repository": .text("lkft/linux-next"),
    ])

    @Test(
        "A pattern matches a claim, or an element of a list",
        arguments: [
            "sub=42", "groups=kernel-*", "ref_protected=true", "run_number=7", "share=0.5", "realm_access.roles=tester",
            "a.b=with*", "repository=lkft/*", "repository=lkft/linux?next",
        ]
    )
    func matches(text: String) throws {
        let pattern = try #require(ClaimPattern(text))
        #expect(IdentityGrant(claims: [pattern], grant: .init([.read], in: [.all])).matches(Self.claims))
        #expect("\(pattern)" == text)
    }

    @Test(
        "What a claim is not, or not as a whole, does not match",
        arguments: [
            "sub=4", "sub=421", "sub=4?2", "groups=kernel", "groups=nested", "ref_protected=1", "nothing=null",
            "missing=*x",
            "realm_access=tester", "realm_access.roles.tester=*t", "a=with*", "Sub=42", "run_number=7.0",
            "repository=lkft", "repository=*/other",
        ]
    )
    func differs(text: String) throws {
        let pattern = try #require(ClaimPattern(text))
        #expect(!IdentityGrant(claims: [pattern], grant: .init([.read], in: [.all])).matches(Self.claims))
    }

    @Test("All patterns of a grant must match, and one without patterns is for nobody")
    func all() throws {
        let (good, bad) = (try #require(ClaimPattern("sub=42")), try #require(ClaimPattern("sub=43")))
        let grant = Permissions.Grant([.read], in: [.all])
        #expect(IdentityGrant(claims: [good, good], grant: grant).matches(Self.claims))
        #expect(!IdentityGrant(claims: [good, bad], grant: grant).matches(Self.claims))
        #expect(!IdentityGrant(claims: [], grant: grant).matches(Self.claims))
    }

    @Test(
        "A pattern that would match everybody, or is none, is refused",
        arguments: ["", "sub", "=42", "sub=", "sub=*", "sub=**", "a b=1", "grüße=1", "sub=a\nb"]
    )
    func refused(text: String) {
        #expect(ClaimPattern(text) == nil)
        #expect(ClaimPattern.complaint(about: text) != nil)
    }

    @Test("Claims are read from any JSON")
    func json() throws {
        let text =
            #"{"t": "x", "n": 3, "f": 1e300, "b": false, "l": [1, "a", null], "o": {"p": {"q": "deep"}}, "z": null}"#
        let read = IdentityClaims(try JSONDecoder().decode([String: ClaimValue].self, from: Data(text.utf8)))
        #expect(read["l"]?.texts == ["1", "a"])
        #expect(read["o.p.q"] == .text("deep"))
        #expect(read["f"]?.texts == ["1e+300"])
        #expect(read["z"]?.texts == [])
        #expect(read["b"]?.texts == ["false"])
        #expect(read["o.p.q.r"] == nil)
    }
}
