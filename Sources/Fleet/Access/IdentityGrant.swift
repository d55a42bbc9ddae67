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

/// What an identity provider states about somebody: the claims of an ID token (RFC 7519, section 4).
package struct IdentityClaims: Sendable, Equatable {
    private let values: [String: ClaimValue]

    package init(_ values: [String: ClaimValue]) { self.values = values }

    /// The claim with this name. A dot leads into an object, as in Keycloak's `realm_access.roles`, unless a claim has
    /// exactly that name.
    package subscript(name: String) -> ClaimValue? {
        if let value = values[name] { return value }
        var value = ClaimValue.object(values)
        for part in name.split(separator: ".", omittingEmptySubsequences: false) {
            guard case .object(let members) = value, let member = members[String(part)] else { return nil }
            value = member
        }
        return value
    }
}

/// The value of a claim: any JSON.
package enum ClaimValue: Sendable, Equatable {
    case text(String)
    case number(Double)
    case truth(Bool)
    case list([ClaimValue])
    case object([String: ClaimValue])
    case null

    /// The texts that a pattern is compared with: those of a list's elements, or its own. Whole numbers have no point.
    package var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .number(let number): [Int(exactly: number).map(String.init) ?? "\(number)"]
        case .truth(let truth): ["\(truth)"]
        case .list(let values): values.filter { !$0.isList }.flatMap(\.texts)
        case .object, .null: []
        }
    }

    private var isList: Bool {
        guard case .list = self else { return false }
        return true
    }
}

extension ClaimValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let truth = try? container.decode(Bool.self) {
            self = .truth(truth)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let values = try? container.decode([ClaimValue].self) {
            self = .list(values)
        } else {
            self = .object(try container.decode([String: ClaimValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .truth(let truth): try container.encode(truth)
        case .list(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        case .null: try container.encodeNil()
        }
    }
}
