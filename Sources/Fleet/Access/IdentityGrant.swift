// SPDX-License-Identifier: Apache-2.0

/// What those can do about whom an identity provider states certain things.
package struct IdentityGrant: Sendable, Hashable {
    /// What it must state: all of it.
    package let claims: [ClaimPattern]
    package let grant: Permissions.Grant

    package init(claims: [ClaimPattern], grant: Permissions.Grant) {
        self.claims = claims
        self.grant = grant
    }

    /// Whether these are the claims of somebody it is for. A grant without patterns is for nobody.
    package func matches(_ stated: IdentityClaims) -> Bool {
        !claims.isEmpty && claims.allSatisfy { $0.matches(stated) }
    }
}

/// What one claim must be: `claim=glob`.
package struct ClaimPattern: Sendable, Hashable, CustomStringConvertible {
    package let claim: String
    package let glob: String

    private static let maximumClaimBytes = 200

    /// A pattern from its text; `nil` for a text that ``complaint(about:)`` finds fault with.
    package init?(_ text: String) {
        guard Self.complaint(about: text) == nil, let sign = text.firstIndex(of: "=") else { return nil }
        claim = String(text[..<sign])
        glob = String(text[text.index(after: sign)...])
    }

    /// What is wrong with the text of a pattern; `nil` if nothing is.
    package static func complaint(about text: String) -> String? {
        guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
            return "must be claim=glob, such as groups=kernel-team"
        }
        let claim = text[..<sign]
        guard claim.utf8.count <= maximumClaimBytes, claim.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return
                "must begin with the name of a claim: at most \(maximumClaimBytes) characters of ASCII without a space"
        }
        let glob = String(text[text.index(after: sign)...])
        // Every token has some value there.
        guard !glob.isEmpty, !glob.allSatisfy({ $0 == "*" }) else { return "must say more of the claim than *" }
        return TestPattern.complaint(about: glob)
    }

    /// Whether a claim, or an element of it if it is a list, is so.
    func matches(_ claims: IdentityClaims) -> Bool {
        claims[claim]?.texts.contains { TestPattern.matches(glob, $0) } ?? false
    }

    package var description: String { "\(claim)=\(glob)" }
}
